import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';

/** What controllers need to speak: everything {@link CallGuard} injects. */
@Module({ imports: [AccessModule], exports: [AccessModule] })
export class DialectsModule {}
