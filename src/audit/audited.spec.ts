import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { isAudited } from './audited.js';

const { paths } = JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
  paths: Record<string, { post?: object }>;
};
const OPERATIONS = Object.entries(paths)
  .filter(([, { post }]) => post)
  .map(([path]) => path.slice(1));

/** Whoever adds an operation says here, or by its name, that it only reads. */
const NOT_AUDITED = [
  'auth/parse_token',
  'admin/search_audit_log',
  'manager/send_msg',
  'msg/send_msg',
  'msg/batch_send_msg',
  'msg/send_simple_msg',
  'msg/send_business_notification',
  'msg/check_msg_is_send_success',
  'msg/newest_seq',
  'msg/pull_msg_by_seq',
  'msg/search_msg',
  'object/access_url',
  'object/auth_sign',
  'object/part_limit',
  'object/part_size',
  'friend/is_friend',
  'third/logs/search',
  'user/account_check',
  'user/page_user_client_config',
  'user/search_notification_account',
  'user/process_user_command_get',
  'user/process_user_command_get_all',
  'user/subscribe_users_status',
];

describe('The audit log', () => {
  it('has every operation that changes something, but for messages', () => {
    const reads = (path: string): boolean => /^(statistics|jssdk)\/|\/get_/.test(path);
    const left = OPERATIONS.filter((path) => !isAudited(path) && !reads(path));
    expect(left.toSorted()).toEqual(NOT_AUDITED.toSorted());
  });

  it.each([
    'auth/user_register',
    'auth/user_token',
    'auth/get_user_token',
    'auth/get_admin_token',
    'auth/force_logout',
    'user/user_register',
    'manager/delete_user',
    'group/kick_group',
    'group/mute_group_member',
    'group/dismiss_group',
    'friend/import_friend',
    'third/logs/delete',
    'an/operation_of_tomorrow',
  ])('has %s', (path) => {
    expect(isAudited(path)).toBe(true);
  });
});
