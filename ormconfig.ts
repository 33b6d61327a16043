import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { Reading } from './src/config/reading.js';
import { createDataSource, DEFAULT_DATABASE_URL } from './src/database/data-source.js';
import { IM_MIGRATIONS } from './src/database/migrations/all.js';
import { IM_ENTITIES } from './src/entities.js';

/** The data source of the TypeORM CLI: the same tables and migrations as the server's, wherever `DATABASE_URL` points. */
const reading = new Reading(process.env);
const url = reading.text('DATABASE_URL', DEFAULT_DATABASE_URL);
reading.finish();
const dataSource: Promise<DataSource> = createDataSource(url, {
  entities: IM_ENTITIES,
  migrations: IM_MIGRATIONS,
});

export default dataSource;
