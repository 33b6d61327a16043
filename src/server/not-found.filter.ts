import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerNotFound } from './http.js';

/** Nest's 404 becomes the protocol's. Only for the standalone server; a host answers its unknown paths itself. */
@Catch(NotFoundException)
export class NotFoundFilter implements ExceptionFilter {
  catch(_: NotFoundException, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    answerNotFound(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }
}
