type Swagger = typeof import('@nestjs/swagger');

const waiting: ((swagger: Swagger) => void)[] = [];

/**
 * A decorator of @nestjs/swagger that is applied by {@link documentOperations}: loading the library would cost every start
 * a tenth of a second and 15 MB, and few servers are ever asked for their documentation.
 *
 * @example
 * `@Documented(({ ApiTags }) => ApiTags('users'))`
 */
export function Documented(
  decorator: (swagger: Swagger) => ClassDecorator | MethodDecorator | PropertyDecorator,
): ClassDecorator & MethodDecorator & PropertyDecorator {
  return (...decorated: unknown[]) => {
    waiting.push((swagger) => (decorator(swagger) as (...decorated: unknown[]) => void)(...decorated));
  };
}

/** Applies every {@link Documented} decorator, so that `SwaggerModule.createDocument` finds the operations described. */
export async function documentOperations(): Promise<void> {
  const swagger = await import('@nestjs/swagger');
  for (const apply of waiting.splice(0)) apply(swagger);
}
