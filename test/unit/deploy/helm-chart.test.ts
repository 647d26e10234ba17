import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { isUnencrypted } from '../../../src/api/plaintext.ts'
import { readConfig } from '../../../src/config.ts'
import { variableNames } from '../../../src/variables.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CHART = join(ROOT, 'deploy', 'helm', 'waldstream')
const HELM = process.env['HELM'] ?? 'helm'
const hasHelm = spawnSync(HELM, ['version']).status === 0
if (!hasHelm) console.warn('no helm: HELM names one; the chart is not rendered')

const text = (...path: readonly string[]) => readFileSync(join(CHART, ...path), 'utf8')
const values = parse(text('values.yaml'))
const templates = readdirSync(join(CHART, 'templates')).map((file) => [file, text('templates', file)] as const)
const known: readonly string[] = variableNames

/** What has to be given, and everything that can be switched on. */
const GIVEN = [
  'env.KAFKA_BROKERS=kafka:9092',
  'env.SCHEMA_REGISTRY_URL=https://registry.example',
  'env.AWS_REGION=eu-central-1',
]
const ALL = [
  ...GIVEN,
  'secretEnv.API_TOKEN.name=waldstream-api',
  'secretEnv.API_TOKEN.key=token',
  'systemSecrets.existingSecret=systems',
  'configuration.existingConfigMap=configuration',
  'serviceMonitor.enabled=true',
  'prometheusRule.enabled=true',
  'networkPolicy.enabled=true',
  'networkPolicy.apiFrom[0].podSelector.matchLabels.app=proxy',
  'autoscaling.by=cpu',
]

function helm(command: 'template' | 'lint', settings: readonly string[]) {
  const sets = settings.flatMap((setting) => ['--set', setting])
  const args = command === 'lint' ? ['lint', '--strict', CHART, ...sets] : ['template', 'shop', CHART, ...sets]
  return spawnSync(HELM, args, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
}

interface Resource {
  readonly kind: string
  readonly metadata: { readonly name: string }
  // Of whatever kind: asserted by what it has.
  readonly spec?: Readonly<Record<string, never>>
}

function rendered(settings: readonly string[]): readonly Resource[] {
  const { status, stdout, stderr } = helm('template', settings)
  expect(status, stderr).toBe(0)
  return parseAllDocuments(stdout).flatMap((document) =>
    document.contents === null ? [] : [document.toJS() as Resource],
  )
}

describe('the Helm chart', () => {
  it('is of the version of the product, and has its alerts', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    const chart = parse(text('Chart.yaml'))
    expect([chart.version, chart.appVersion]).toEqual([version, version])
    expect(text('files', 'rules.yaml')).toBe(readFileSync(join(ROOT, 'deploy/prometheus/rules.yaml'), 'utf8'))
  })

  it('has roles and variables that the program has', () => {
    expect(Object.keys(values.roles)).toEqual(['producer', 'processor', 'projector', 'api'])
    const named = [...Object.keys(values.env), ...templates.flatMap(([, template]) => variablesIn(template))]
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([])
    const inComments = [...text('values.yaml').matchAll(/#\s+([A-Z][A-Z_]+): \{ name/g)].map(([, name = '']) => name)
    expect(inComments.filter((name) => !known.includes(name))).toEqual([])
    expect(inComments.length).toBeGreaterThan(0)
  })

  it('uses values that there are, and uses each', () => {
    const used = new Set(templates.flatMap(([, template]) => pathsIn(template)))
    for (const path of used) expect(at(path), path).toBeDefined()
    for (const name of Object.keys(values)) {
      expect(
        [...used].some((path) => path === name || path.startsWith(`${name}.`)),
        name,
      ).toBe(true)
    }
  })

  it('has values that its schema allows, and mistyped ones that it refuses', () => {
    const isAllowed = new Ajv({ strict: false }).compile(JSON.parse(text('values.schema.json')))
    expect(isAllowed(values), JSON.stringify(isAllowed.errors)).toBe(true)
    expect(isAllowed({ ...values, replica: 3 })).toBe(false)
    expect(isAllowed({ ...values, terminationGracePeriodSeconds: 10 })).toBe(false)
    expect(isAllowed({ ...values, env: { kafkaBrokers: 'a' } })).toBe(false)
  })

  it('gives every process time to drain, no root, and no file system to write to', () => {
    expect(values.terminationGracePeriodSeconds).toBe(60)
    const deployment = text('templates', 'deployment.yaml')
    for (const setting of ['runAsNonRoot: true', 'readOnlyRootFilesystem: true', 'allowPrivilegeEscalation: false']) {
      expect(deployment).toContain(setting)
    }
    for (const path of ['/health/live', '/health/ready']) expect(deployment).toContain(`path: ${path}, port: metrics`)
  })

  it('compares replicas with partitions only if something scales', () => {
    const autoscaling = text('templates', 'autoscaling.yaml')
    const condition = '{{- if ne $by "none" }}'
    expect(autoscaling.split(condition)).toHaveLength(2)
    expect(autoscaling.split(condition)[0]).not.toContain('maxReplicas')
  })

  it('has an API that the next version starts, too', () => {
    const api = {
      ...values.env,
      KAFKA_BROKERS: 'kafka:9092',
      SCHEMA_REGISTRY_URL: 'https://registry',
      AWS_REGION: 'eu',
    }
    const given = Object.fromEntries(Object.entries(api).filter(([, value]) => value !== ''))
    const { api: own, http } = readConfig({ ...given, API_HOST: '0.0.0.0' } as Readonly<Record<string, string>>)
    expect(isUnencrypted(own.host, http)).toBe(false)
  })

  it.skipIf(!hasHelm)('is accepted by helm lint', () => {
    const { status, stdout, stderr } = helm('lint', ALL)
    expect(status, stdout + stderr).toBe(0)
  })

  it.skipIf(!hasHelm)('renders what each role needs', () => {
    const few = rendered(GIVEN)
    const names = (kind: string, of = few) => of.filter((one) => one.kind === kind).map(({ metadata }) => metadata.name)
    const four = ['api', 'processor', 'producer', 'projector'].map((role) => `shop-waldstream-${role}`)
    expect(names('Deployment').toSorted()).toEqual(four)
    expect(names('PodDisruptionBudget').toSorted()).toEqual(four)
    expect(names('ServiceMonitor')).toEqual([])
    const all = rendered(ALL)
    expect(names('HorizontalPodAutoscaler', all).toSorted()).toEqual([
      'shop-waldstream-processor',
      'shop-waldstream-projector',
    ])
    expect(names('ServiceMonitor', all)).toEqual(['shop-waldstream'])
    expect(names('PrometheusRule', all)).toEqual(['shop-waldstream'])
    expect(names('NetworkPolicy', all)).toHaveLength(2)
    expect(names('ScaledObject', rendered([...GIVEN, 'autoscaling.by=lag']))).toHaveLength(2)
  })

  it.skipIf(!hasHelm)('refuses what can not work, and says so', () => {
    expect(helm('template', []).stderr).toContain('env.KAFKA_BROKERS')
    expect(helm('template', [...GIVEN, 'env.API_HOST=::']).stderr).toContain('env.API_HOST is set by the chart')
    const nine = [...GIVEN, 'autoscaling.maxReplicas=9']
    expect(helm('template', [...nine, 'autoscaling.by=cpu']).stderr).toContain('more than TOPIC_PARTITIONS (6)')
  })

  it.skipIf(!hasHelm)('accepts few partitions where nothing scales', () => {
    expect(rendered([...GIVEN, 'env.TOPIC_PARTITIONS=3']).length).toBeGreaterThan(0)
  })
})

/** Names of variables that a template sets. */
function variablesIn(template: string): readonly string[] {
  return [...template.matchAll(/\{ name: ([A-Z][A-Z_]+), value/g)].map(([, name = '']) => name)
}

/** Paths below `.Values` that a template names, without what a caller chooses below a map. */
function pathsIn(template: string): readonly string[] {
  return [...template.matchAll(/\.Values\.([A-Za-z_]+(?:\.[A-Za-z_]+)*)/g)].map(([, path = '']) =>
    path.replace(/\.(TOPIC_PARTITIONS)$/, ''),
  )
}

function at(path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), values)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
