import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Nest injects by the types of constructor parameters, which only decorator metadata tells at run time.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    include: ['src/**/*.spec.ts', 'test/**/*.{spec,e2e}.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // By default one core is left idle, which on two cores doubles the time.
    maxWorkers: '100%',
    globalSetup: 'test/support/global-setup.ts',
    env: { NODE_ENV: 'test' },
    // The official SDK leaves promises behind; test/interop collects and judges what they reject with.
    onUnhandledError: ({ stack }) => !stack?.includes('node_modules/@openim/client-sdk'),
  },
});
