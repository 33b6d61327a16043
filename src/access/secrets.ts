import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ImSettings } from '../core/settings.js';
import { SecretWrong } from './access.errors.js';

/** The secrets AppServers identify themselves with. */
@Injectable()
export class Secrets {
  private readonly accepted: Buffer[];

  constructor(settings: ImSettings) {
    this.accepted = settings.secrets.map(digest);
  }

  /** Passes for a configured secret, in the same time whichever it is. @throws SecretWrong */
  assert(secret: string): void {
    const given = digest(secret);
    let right = false;
    for (const accepted of this.accepted) right = timingSafeEqual(given, accepted) || right;
    if (!right) throw new SecretWrong();
  }
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
