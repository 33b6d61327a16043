import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LimitsModule } from '../limits/limits.module.js';
import { Observers } from './observers.js';

/** What controllers need to speak: everything {@link CallGuard} and the failure filter inject. */
@Module({
  imports: [AccessModule, LimitsModule],
  providers: [Observers],
  exports: [AccessModule, LimitsModule, Observers],
})
export class DialectsModule {}
