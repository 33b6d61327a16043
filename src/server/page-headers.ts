import { createHash } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/**
 * Has an application of pages tell browsers what its pages may do: load and ask this server alone, run its own scripts and
 * `inline` ones, stand in no frame of anybody, and tell nobody where a link was followed. `@fastify/helmet` is loaded for it.
 *
 * @param inline scripts that stand in pages, each exactly as it stands there
 */
export async function protectPages(pages: NestFastifyApplication, inline: readonly string[]): Promise<void> {
  const { default: helmet } = await import('@fastify/helmet');
  const hashes = inline.map((script) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  await pages.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'", ...hashes],
        // Swagger UI writes styles into its elements.
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'data:'],
        'font-src': ["'self'", 'data:'],
        'connect-src': ["'self'"],
        'base-uri': ["'none'"],
        'form-action': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Every answer of the server says so, where it is so.
    hsts: false,
  });
}
