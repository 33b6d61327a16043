import { Module } from '@nestjs/common';
import { JwtModule } from '@nestjs/jwt';
import { AdminGuard } from './admin.guard.js';
import { JwtAuthGuard } from './jwt-auth.guard.js';
import { JwtStrategy } from './jwt.strategy.js';
import { Secrets } from './secrets.js';
import { TokenKeys } from './token-keys.js';
import { TokensService } from './tokens.service.js';

/** Who is calling: tokens, secrets and the guards. Below the features, because all of them are guarded. */
@Module({
  imports: [JwtModule.register({})],
  providers: [TokensService, TokenKeys, Secrets, JwtStrategy, JwtAuthGuard, AdminGuard],
  exports: [TokensService, TokenKeys, Secrets, JwtStrategy, JwtAuthGuard, AdminGuard],
})
export class AccessModule {}
