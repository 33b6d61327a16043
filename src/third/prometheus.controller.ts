import { applyDecorators, Controller, Get, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ImSettings } from '../core/settings.js';
import { Documented } from '../dialects/documented.js';

/** Where the charts of this server are. */
@Documented(({ ApiTags }) => ApiTags('third'))
@Controller('third')
export class PrometheusController {
  constructor(
    private readonly settings: ImSettings,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  @Get('prometheus')
  @Documented(({ ApiFoundResponse, ApiNotFoundResponse, ApiOperation }) =>
    applyDecorators(
      ApiOperation({
        operationId: 'third_prometheus',
        summary: 'Leads to the charts of this server (v3)',
        description: 'Who may call: Anyone.',
      }),
      ApiFoundResponse({ description: '`Location` is what `GRAFANA_URL` says.' }),
      ApiNotFoundResponse({ description: '`GRAFANA_URL` is not set.' }),
    ),
  )
  lead(@Res() response: unknown): void {
    const { httpAdapter } = this.adapterHost;
    const { grafanaUrl } = this.settings;
    if (grafanaUrl) {
      httpAdapter.redirect(response, 302, grafanaUrl);
      return;
    }
    httpAdapter.setHeader(response, 'Content-Type', 'text/plain; charset=utf-8');
    httpAdapter.reply(response, 'GRAFANA_URL is not set', 404);
  }
}
