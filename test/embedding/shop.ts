import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Injectable,
  Module,
  type ModuleMetadata,
  Post,
  type Type,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import {
  Column,
  DataSource,
  type DataSourceOptions,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
  Table,
} from 'typeorm';
import {
  type Actor,
  AdminGuard,
  BeforeIm,
  CurrentActor,
  IM_ENTITIES,
  IM_MIGRATIONS,
  imDataSource,
  ImErrorFilter,
  ImModule,
  JwtAuthGuard,
  MessagesAccepted,
  MessageSending,
  MessagesService,
  OnImEvent,
  OperationVetoed,
  SessionType,
  systemActor,
  Transactions,
  UsersService,
} from '../../src/index.js';

/** The host's own table. */
@Entity('shop_orders')
export class Order {
  @PrimaryColumn({ type: 'varchar', length: 64 }) orderID: string;
  @Column({ type: 'varchar', length: 64 }) buyer: string;
}

export class CreateOrders1800000000001 implements MigrationInterface {
  readonly name = 'CreateOrders1800000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'shop_orders',
        columns: [
          { name: 'orderID', type: 'varchar', length: '64', isPrimary: true },
          { name: 'buyer', type: 'varchar', length: '64' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('shop_orders');
  }
}

/** The host's own way of knowing its staff. */
@Injectable()
export class StaffGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToHttp().getRequest().headers['x-staff'] === 'yes';
  }
}

/** What a shop does: an order, and a message about it, together or not at all. */
@Injectable()
export class ShopService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly messages: MessagesService,
  ) {}

  async welcome(userID: string): Promise<void> {
    await this.users.register([{ userID, nickname: userID }]);
    await this.write(userID, 'Welcome!');
  }

  /** In a transaction of the host's own. */
  async order(
    orderID: string,
    buyer: string,
    { andFail = false, beforeCommit = async () => {} }: { andFail?: boolean; beforeCommit?: () => Promise<void> } = {},
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await manager.insert(Order, { orderID, buyer });
      await this.transactions.join(manager, () => this.write(buyer, `Thank you for order ${orderID}`));
      await beforeCommit();
      if (andFail) throw new Error('the payment was refused');
    });
  }

  /** In a transaction of openim-nest's, which the host's row joins. */
  async signUp(orderID: string, newcomer: string, { andFail = false } = {}): Promise<void> {
    await this.transactions.run(async () => {
      await this.users.register([{ userID: newcomer }]);
      await this.transactions.manager.insert(Order, { orderID, buyer: newcomer });
      await this.write(newcomer, 'Your first order');
      if (andFail) throw new Error('the payment was refused');
    });
  }

  private write(recvID: string, text: string) {
    return this.messages.send(systemActor(), {
      sendID: 'openIMAdmin',
      recvID,
      sessionType: SessionType.single,
      contentType: 101,
      content: JSON.stringify({ content: text }),
    });
  }
}

/** The host listens, and has a say. */
@Injectable()
export class ShopEars {
  readonly heard: string[] = [];

  @OnImEvent(MessagesAccepted)
  hear({ messages }: MessagesAccepted): void {
    this.heard.push(...messages.map(({ content }) => content));
  }

  @BeforeIm(MessageSending)
  refuseRudeness({ message }: MessageSending): void {
    if (message.content.includes('rude')) throw new OperationVetoed('mind your language', 1999);
  }
}

@Controller('shop')
@UseFilters(ImErrorFilter)
export class ShopController {
  @Get('staff')
  @UseGuards(StaffGuard)
  staff(): string {
    return 'staff only';
  }

  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('me')
  @UseGuards(JwtAuthGuard)
  me(@CurrentActor() actor: Actor): Actor {
    return actor;
  }

  @Get('admin')
  @UseGuards(JwtAuthGuard, AdminGuard)
  admin(): string {
    return 'administrators only';
  }
}

/** A host application: its tables and openim-nest's in one data source of its own. @param more of its own */
export function shopModule(
  database: DataSourceOptions,
  more: Pick<ModuleMetadata, 'imports' | 'controllers'> = {},
): Type {
  @Module({
    imports: [
      ...(more.imports ?? []),
      TypeOrmModule.forRootAsync({
        useFactory: () => ({
          ...database,
          entities: [Order, ...IM_ENTITIES],
          migrations: [CreateOrders1800000000001, ...IM_MIGRATIONS],
          migrationsRun: true,
        }),
        dataSourceFactory: imDataSource,
      }),
      ImModule.forRootAsync({
        dataSource: 'default',
        routePrefix: 'im',
        useFactory: () => ({ secrets: ['shop-secret'], tokenSecret: 'shop tokens' }),
      }),
    ],
    controllers: [ShopController, ...(more.controllers ?? [])],
    providers: [ShopService, ShopEars],
  })
  class ShopModule {}
  return ShopModule;
}
