import {
  applyDecorators,
  Controller,
  createParamDecorator,
  type ExecutionContext,
  Header,
  HttpCode,
  Post,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { Operation, within } from '../core/operation.js';
import { CallGuard } from './call.guard.js';
import { documentCall } from './documentation.js';
import { Documented } from './documented.js';
import { Exchange, type HttpRequest } from './exchange.js';
import { FailureFilter } from './failure.filter.js';
import { type ImCallSpec, rememberCall } from './speech.js';

const ExchangeParam = createParamDecorator((_: unknown, context: ExecutionContext) =>
  Exchange.of(context.switchToHttp().getRequest<HttpRequest>()),
);

/** What the caller asks for, in the words of the service: the same whatever the dialect. */
export const Input = createParamDecorator(
  (_: unknown, context: ExecutionContext): unknown =>
    Exchange.of(context.switchToHttp().getRequest<HttpRequest>())?.input,
);

/** The caller's name for the request; "" when he gave none. */
export const CurrentOperationID = createParamDecorator(
  (_: unknown, context: ExecutionContext): string =>
    Exchange.of(context.switchToHttp().getRequest<HttpRequest>())?.operationID ?? '',
);

/** A controller of operations. Guard and filter ride on it, so that a host application's own routes never meet them. */
export function ImController(tag: string): ClassDecorator {
  return applyDecorators(
    Documented(({ ApiTags }) => ApiTags(tag)),
    Controller(),
    UseFilters(FailureFilter),
  );
}

/**
 * One operation in all its dialects: path, request and answer of each, who may call it, and its place in /docs. The method
 * takes what it needs by `@Input()` and `@CurrentActor()` and returns the service's answer; the envelope is put around it
 * here, when the method is decorated, because an interceptor would cost every request a quarter of its speed. What the
 * method causes carries the caller's operationID.
 */
export function ImCall<I, R>(spec: ImCallSpec<I, R>): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as unknown as (...args: unknown[]) => Promise<R>;
    const arity = method.length;
    const answering = async function (this: unknown, ...args: unknown[]): Promise<object | string> {
      const exchange = args[arity] as Exchange;
      const { span } = exchange;
      const operation = new Operation(exchange.operationID, exchange.actor, 'rest', span);
      const work = () => within(operation, () => method.apply(this, args.slice(0, arity)));
      try {
        return exchange.succeed(await (span ? span.run(work) : work()));
      } finally {
        operation.answer();
      }
    };
    descriptor.value = answering as never;
    ExchangeParam()(target, key, arity);
    rememberCall(answering, spec);
    const headers = [
      // Text would be sent as text/plain.
      ...(spec.v3?.exactNumbers ? [Header('Content-Type', 'application/json; charset=utf-8')] : []),
      ...(spec.confidential ? [Header('Cache-Control', 'no-store')] : []),
    ];
    applyDecorators(
      Post(spec.path),
      HttpCode(200),
      ...headers,
      UseGuards(CallGuard),
      Documented((swagger) => documentCall(swagger, spec)),
    )(target, key, descriptor);
  };
}
