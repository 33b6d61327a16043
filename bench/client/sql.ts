import 'reflect-metadata';
import { databaseOptions, imDataSource } from 'openim-nest';
import type { DataSource } from 'typeorm';

/** Does something with a server's database behind its back, on a connection as the server's own ones. */
export async function withDatabase<T>(databaseUrl: string, work: (database: DataSource) => Promise<T>): Promise<T> {
  const database = await imDataSource(await databaseOptions(databaseUrl));
  await database.initialize();
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}
