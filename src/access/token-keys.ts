import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';

/** Signed the tokens of v1 and v2 servers that were left as they came. */
const LEGACY_DEFAULT_KEY = 'open_im_server';

/**
 * The key tokens are signed with, and those that signed the tokens of the OpenIM server this one replaced: its secret in v3,
 * a key of its own before. A token of that server is answered with what is wrong with it (expired, or unknown to the
 * store), as clients expect, instead of with "not a token of ours". It never gets in: only tokens in the store do.
 */
@Injectable()
export class TokenKeys {
  private readonly own: KeyObject;
  private readonly all: readonly KeyObject[];

  constructor({ tokenSecret, secrets }: ImSettings) {
    this.own = createSecretKey(tokenSecret, 'utf8');
    this.all = [this.own, ...[...secrets, LEGACY_DEFAULT_KEY].map((key) => createSecretKey(key, 'utf8'))];
  }

  /** The key new tokens are signed with. */
  get signing(): string {
    return forJwt(this.own);
  }

  /** The key a token was signed with; our own for a token that none of them signed, which will be found out. */
  of(token: string): string {
    const end = token.lastIndexOf('.');
    const [text, signature] = [token.slice(0, end), token.slice(end + 1)];
    const signed = (key: KeyObject): boolean =>
      createHmac('sha256', key).update(text).digest('base64url') === signature;
    return forJwt(this.all.find(signed) ?? this.own);
  }
}

/**
 * The JWT libraries' types want text, but what they are given goes to `jsonwebtoken`, which takes a KeyObject; from text it
 * would make one for every token, at fifty times the price.
 */
function forJwt(key: KeyObject): string {
  return key as unknown as string;
}
