import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { magentoCredentials } from '../../../simulators/magento2/authorization.ts'
import { NETSUITE_CREDENTIALS } from '../../../simulators/netsuite/credentials.ts'
import { isUnencrypted } from '../../../src/api/plaintext.ts'
import { readConfig } from '../../../src/config.ts'
import { loadConfiguration } from '../../../src/configuration/load-configuration.ts'
import { dataLossRisks, mustNotLose } from '../../../src/operations/doctor/data-loss.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

interface Service {
  readonly image?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly network_mode?: string
  readonly ports?: readonly string[]
  readonly extends?: { readonly file: string; readonly service: string }
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
}

/** As Compose reads it, with the default of each variable. */
const yaml = (file: string) => parse(readFileSync(file, 'utf8').replaceAll(/\$\{\w+:-(\w+)\}/g, '$1'), { merge: true })
const services: Readonly<Record<string, Service>> = yaml('docker-compose.demo.yml').services
const plain: Readonly<Record<string, Service>> = yaml('docker-compose.yml').services
const ours = Object.entries(services).filter(
  ([, { image, command }]) => image === 'waldstream-demo' && command?.[0] !== '--data',
)
const roles = ours.filter(([, { command }]) => command?.[0] === 'run')

describe('docker-compose.demo.yml', () => {
  it('has two workers of each role, each process with a port of its own for metrics, which Prometheus scrapes', () => {
    const workers = roles.map(([, { command = [] }]) => [command[2], Number(command[4] ?? 1)] as const)
    const count = (role: string) => workers.reduce((sum, [name, n]) => (name === role ? sum + n : sum), 0)
    expect(['producer', 'processor', 'projector', 'api'].map(count)).toEqual([2, 2, 2, 2])
    const ports = roles.map(([, { environment }]) => environment?.['METRICS_PORT'])
    expect(new Set(ports).size).toBe(roles.length)
    const [{ static_configs: targets }] = yaml('deploy/prometheus/prometheus.demo.yaml').scrape_configs
    expect(targets[0].targets).toEqual(ports.map((port) => `simulators:${port}`))
  })

  it('has an environment that the program accepts, and that the demo is configured by', async () => {
    for (const [name, { environment = {}, network_mode }] of ours) {
      expect(network_mode, name).toBe('service:simulators')
      expect(() => readConfig(environment), name).not.toThrow()
      const { systems } = await loadConfiguration('config/demo', environment, systemTypes)
      expect(
        systems.map(({ id }) => id),
        name,
      ).toEqual(['magento', 'netsuite', 'images'])
    }
  })

  it('signs in to the simulators with what they accept', () => {
    const [, { environment = {} } = {}] = roles[0] ?? []
    const of = (prefix: string, names: readonly string[]) => names.map((name) => environment[`${prefix}_${name}`])
    const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
    expect(of('DEMO_MAGENTO', ['CONSUMER_KEY', 'CONSUMER_SECRET', 'ACCESS_TOKEN', 'ACCESS_TOKEN_SECRET'])).toEqual([
      consumerKey,
      consumerSecret,
      token,
      tokenSecret,
    ])
    const erp = NETSUITE_CREDENTIALS
    expect(of('DEMO_NETSUITE', ['CONSUMER_KEY', 'CONSUMER_SECRET', 'TOKEN_ID', 'TOKEN_SECRET'])).toEqual([
      erp.consumerKey,
      erp.consumerSecret,
      erp.token,
      erp.tokenSecret,
    ])
  })

  it('gives containers no rights that they need not, and ports on this machine alone', () => {
    for (const [name, service] of Object.entries(services)) {
      const base = service.extends === undefined ? undefined : plain[service.extends.service]
      expect(service.cap_drop ?? base?.cap_drop, name).toEqual(['ALL'])
      expect(service.security_opt ?? base?.security_opt, name).toEqual(['no-new-privileges:true'])
      for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
    }
  })
})

/** As `docker run` sets it, with what Compose adds. */
const imageEnvironment = { API_HOST: '0.0.0.0' }

describe.each([
  ['docker-compose.yml', plain],
  ['docker-compose.demo.yml', services],
])('%s', (_file, all) => {
  const ofRoles = Object.entries(all).filter(([, { command }]) => command?.[0] === 'run')

  it('has roles that the program does not refuse to start, now or in the next version', () => {
    expect(ofRoles.length).toBeGreaterThanOrEqual(4)
    for (const [name, { command = [], environment = {} }] of ofRoles) {
      const config = readConfig({ ...imageEnvironment, ...environment, API_TOKEN: 'x' })
      const risks = mustNotLose(config) ? dataLossRisks(config.replication, [], []) : []
      expect(risks, name).toEqual([])
      if (command[2] === 'api') expect(isUnencrypted(config.api.host, config.http), name).toBe(false)
    }
  })
})
