import { createSecretKey } from 'node:crypto';
import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { ImSettings } from '../core/settings.js';
import { AdminGuard } from './admin.guard.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { Secrets } from './secrets.js';
import { TokensService } from './tokens.service.js';

/** Who is calling: tokens, secrets and the guards. Below the features, because all of them are guarded. */
@Module({
  imports: [
    JwtModule.registerAsync({
      inject: [ImSettings],
      useFactory: ({ tokenSecret }: ImSettings) => {
        const key = createSecretKey(tokenSecret, 'utf8');
        return {
          secret: key as unknown as string,
          signOptions: { algorithm: 'HS256' },
          verifyOptions: { algorithms: ['HS256'] },
        };
      },
    }),
  ],
  providers: [TokensService, Secrets, JwtStrategy, JwtAuthGuard, AdminGuard],
  exports: [TokensService, Secrets, JwtStrategy, JwtAuthGuard, AdminGuard],
})
export class AccessModule {}
