import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { AuditEntry } from './audit-entry.entity.js';
import { AuditService } from './audit.service.js';
import { type SearchAuditLog, searchAuditLogV3 } from './wire/v3.js';

@ImController('admin')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @ImCall({
    path: 'admin/search_audit_log',
    summary: 'Finds what administrators and AppServers did, newest first',
    v3: searchAuditLogV3,
    by: 'admin',
  })
  search(@Input() { filter, page }: SearchAuditLog): Promise<{ total: number; entries: AuditEntry[] }> {
    return this.audit.search(filter, page);
  }
}
