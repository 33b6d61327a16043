import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { compose, dockerEnvironment, documented, documents, filled, read, unitEnvironment } from './files.js';

const COMPOSE = compose('docker-compose.yml');
const CLUSTER = compose('deploy/compose/cluster.yml');
const NODES = ['openim-1', 'openim-2', 'openim-3'];
const KUBERNETES = [
  ...documents('deploy/kubernetes/deployment.yaml'),
  ...documents('deploy/kubernetes/service.yaml'),
  ...documents('deploy/kubernetes/secret.example.yaml'),
  ...documents('deploy/kubernetes/ingress.example.yaml'),
];
const UNIT = 'deploy/systemd/openim-nest.service';

const kind = (name: string): any => KUBERNETES.find((one) => one.kind === name);
const pod = (): any => kind('Deployment').spec.template.spec;

/** What each way of running it tells the server. */
const ENVIRONMENTS: Record<string, () => Record<string, string>> = {
  'docker-compose.yml': () => ({ ...dockerEnvironment(), ...filled(COMPOSE.services.openim.environment) }),
  'deploy/compose/cluster.yml': () => ({ ...dockerEnvironment(), ...filled(CLUSTER.services['openim-1'].environment) }),
  'deploy/kubernetes': () => ({ ...dockerEnvironment(), ...kind('ConfigMap').data, ...kind('Secret').stringData }),
  [UNIT]: () => ({
    ...unitEnvironment(UNIT),
    IM_SECRET: 'of-ours',
    TOKEN_SECRET: 'a-random-text-of-32-characters',
  }),
};

describe.each(Object.entries(ENVIRONMENTS))('What %s tells the server', (way, environment) => {
  it('is in variables that .env.example documents', () => {
    const known = documented();
    const names = Object.keys(environment());
    expect(names.length).toBeGreaterThan(3);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('is accepted, in production', () => {
    const config = readEnvironment(environment());
    expect(config.production).toBe(true);
    expect(config.secrets).not.toContain('openIM123');
  });

  it('leaves it the time it may take to stop', () => {
    const { STOP_TIMEOUT = '15', READY_GRACE = '0' } = environment();
    const needed = Number(STOP_TIMEOUT) + Number(READY_GRACE);
    const [, unit] = /^TimeoutStopSec=(\d+)$/m.exec(read(UNIT)) ?? [];
    const given: Record<string, number> = {
      'docker-compose.yml': parseInt(COMPOSE.services.openim.stop_grace_period),
      'deploy/compose/cluster.yml': parseInt(CLUSTER.services['openim-1'].stop_grace_period),
      'deploy/kubernetes': pod().terminationGracePeriodSeconds,
      [UNIT]: Number(unit),
    };
    expect(given[way]).toBeGreaterThan(needed);
  });
});

describe('The image', () => {
  const dockerfile = read('Dockerfile');
  const stages = dockerfile.split(/^FROM /m).slice(1);
  const last = stages[stages.length - 1];

  it('is made of what there is, and of nothing that .dockerignore keeps out', () => {
    const allowed = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, name]) => name);
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names.split(' '));
    expect(copied).toEqual(expect.arrayContaining(['package.json', 'package-lock.json', 'src']));
    for (const name of copied) {
      expect(existsSync(fileURLToPath(new URL(`../../${name}`, import.meta.url)))).toBe(true);
      expect(allowed).toContain(name);
    }
    expect(read('.dockerignore').split('\n')[0]).toBe('*');
  });

  it('runs what is compiled, without npm, and not as root', () => {
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^CMD \["node", "dist\/main\.js"\]$/m);
    expect(last.indexOf('USER node')).toBeLessThan(last.indexOf('CMD ["node"'));
    expect(last).not.toMatch(/^RUN .*npm/m);
    expect(stages.every((stage) => stage.startsWith('node:24-bookworm-slim'))).toBe(true);
  });

  it('looks after itself with a command that tells sound from ill', () => {
    const [, json] = /^HEALTHCHECK [^\n]*\\\n\s+CMD (\[.*\])$/m.exec(dockerfile) ?? [];
    const [command, ...args] = JSON.parse(json ?? '[]') as string[];
    expect(command).toBe('node');
    // Nobody listens there.
    expect(spawnSync(process.execPath, args, { env: { API_PORT: '1' } }).status).toBe(1);
    expect(args.join(' ')).toContain('/healthz');
  });

  it('has the ports and volumes that compose files and manifests use', () => {
    const port = (name: string): string => documented().get(name) as string;
    const [api, sockets, legacy] = ['API_PORT', 'WS_PORT', 'LEGACY_API_PORT'].map(port);
    const [, exposed] = /^EXPOSE (.+)$/m.exec(dockerfile) ?? [];
    expect(exposed?.split(' ').toSorted()).toEqual([api, sockets, legacy].toSorted());
    const inside = (ports: string[]): string[] => ports.map((pair) => pair.split(':')[1]).toSorted();
    expect(inside(COMPOSE.services.openim.ports)).toEqual([api, sockets, legacy].toSorted());
    expect(inside(CLUSTER.services.proxy.ports)).toEqual([api, sockets].toSorted());
    expect(pod().containers[0].ports).toEqual([
      { name: 'api', containerPort: Number(api) },
      { name: 'sockets', containerPort: Number(sockets) },
    ]);
    expect(last).toMatch(/^VOLUME \/data$/m);
    for (const { volumes } of [COMPOSE.services.openim, ...NODES.map((name) => CLUSTER.services[name])]) {
      expect(volumes).toEqual([expect.stringMatching(/^\w+:\/data$/)]);
    }
  });
});

describe('The cluster of compose', () => {
  it('has three nodes alike, which wait for what they need', () => {
    for (const name of NODES) {
      expect(CLUSTER.services[name]).toEqual(CLUSTER.services['openim-1']);
      for (const needed of Object.keys(CLUSTER.services[name].depends_on)) {
        expect(CLUSTER.services[needed].healthcheck.test).toBeDefined();
      }
    }
    const volumes = Object.values<any>(CLUSTER.services).flatMap((service) => service.volumes ?? []);
    const named = volumes.map((volume: string) => volume.split(':')[0]).filter((name) => !name.startsWith('.'));
    expect([...new Set(named)].toSorted()).toEqual(Object.keys(CLUSTER.volumes).toSorted());
  });

  it('has a proxy that knows them all, and asks each whether it is ready', () => {
    const proxy = read('deploy/proxy/haproxy.cfg');
    for (const [backend, port] of [
      ['rest', '10002'],
      ['sockets', '10001'],
    ]) {
      const section = proxy
        .split(/^(?=backend |frontend |resolvers )/m)
        .find((one) => one.startsWith(`backend ${backend}`));
      expect(section).toContain('option httpchk GET /readyz');
      const servers = [...(section ?? '').matchAll(/^ {4}server (\S+) (\S+):(\d+)( port 10002)?/gm)];
      expect(servers.map(([, name, host, to]) => [name, host, to])).toEqual(NODES.map((name) => [name, name, port]));
      expect(servers.every(([, , , , check]) => (check !== undefined) === (backend === 'sockets'))).toBe(true);
    }
  });

  const haproxy = isInstalled('haproxy', '-v');
  it.skipIf(!haproxy)('has a proxy whose configuration HAProxy takes', () => {
    const path = fileURLToPath(new URL('../../deploy/proxy/haproxy.cfg', import.meta.url));
    const { status, stderr } = spawnSync('haproxy', ['-c', '-f', path], { encoding: 'utf8' });
    expect({ status, alerts: /\[ALERT\].*/.exec(stderr)?.[0] }).toEqual({ status: 0, alerts: undefined });
  });
  if (!haproxy) skipped('the configuration of HAProxy was not checked, because it is not installed');
});

describe('The manifests of Kubernetes', () => {
  it('find each other', () => {
    const deployment = kind('Deployment');
    const { labels } = deployment.spec.template.metadata;
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(kind('Service').spec.selector).toEqual(labels);
    expect(kind('PodDisruptionBudget').spec.selector.matchLabels).toEqual(labels);
    const ports = pod().containers[0].ports.map(({ name }: { name: string }) => name);
    expect(kind('Service').spec.ports.map(({ targetPort }: { targetPort: string }) => targetPort)).toEqual(ports);
    for (const { backend } of kind('Ingress').spec.rules[0].http.paths) {
      expect(backend.service.name).toBe(kind('Service').metadata.name);
      expect(ports).toContain(backend.service.port.name);
    }
    const [config, secret] = pod().containers[0].envFrom;
    expect(config.configMapRef.name).toBe(kind('ConfigMap').metadata.name);
    expect(secret.secretRef.name).toBe(kind('Secret').metadata.name);
  });

  it('keep nodes up while others change, and look at the right things', () => {
    const [container] = pod().containers;
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    // A node that has no database for a while must not be killed for it.
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
    expect(kind('PodDisruptionBudget').spec.minAvailable).toBeLessThan(kind('Deployment').spec.replicas);
    expect(kind('Deployment').spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(Number(kind('ConfigMap').data.READY_GRACE)).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  it('give away nothing that is not needed', () => {
    expect(pod().securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(pod().containers[0].securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod().automountServiceAccountToken).toBe(false);
    const secrets = /SECRET|PASSWORD|DATABASE_URL|ACCESS_KEY/;
    expect(Object.keys(kind('ConfigMap').data).filter((name) => secrets.test(name))).toEqual([]);
  });
});

describe('The systemd unit', () => {
  const unit = read(UNIT);

  it('starts what is compiled, again and again, as nobody in particular', () => {
    expect(unit).toMatch(/^ExecStart=\/usr\/bin\/node \/opt\/openim-nest\/dist\/main\.js$/m);
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).toMatch(/^User=(?!root)/m);
    const [, folder] = /^StateDirectory=(.+)$/m.exec(unit) ?? [];
    for (const value of Object.values(unitEnvironment(UNIT)).filter((text) => text.includes(':/'))) {
      expect(value).toContain(`/var/lib/${folder}/`);
    }
  });

  const systemd = isInstalled('systemd-analyze', '--version');
  it.skipIf(!systemd)('is one that systemd takes', () => {
    const path = fileURLToPath(new URL(`../../${UNIT}`, import.meta.url));
    const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', path], { encoding: 'utf8' });
    // Of what it loads besides it may say something too.
    expect(
      stderr.split('\n').filter((line) => /openim-nest\.service.*(unknown|invalid|failed to parse)/i.test(line)),
    ).toEqual([]);
  });
  if (!systemd) skipped('the systemd unit was not verified, because systemd-analyze is not installed');
});

function isInstalled(command: string, ask: string): boolean {
  return spawnSync(command, [ask]).status === 0;
}

function skipped(what: string): void {
  process.stdout.write(`\n  SKIPPED: ${what}.\n\n`);
}
