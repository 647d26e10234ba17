import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { variableNames } from '../../src/variables.ts'

const enough = { KAFKA_BROKERS: 'a:1, b:2', SCHEMA_REGISTRY_URL: 'http://r', DYNAMODB_ENDPOINT: 'http://d' }

describe('readConfig', () => {
  it('has a default for what may be left out', () => {
    const config = readConfig(enough)
    expect(config.kafka.brokers).toEqual(['a:1', 'b:2'])
    expect(config).toMatchObject({ partitions: 6, replication: 1, feedSettleMs: 5000, logLevel: 'info' })
    expect(config.api).toEqual({ host: '127.0.0.1', port: 8080, portIsDefault: true, token: null, oidc: null })
  })

  it('replicates three times on AWS', () => {
    expect(readConfig({ ...enough, DYNAMODB_ENDPOINT: '', AWS_REGION: 'eu-central-1' }).replication).toBe(3)
  })

  it('tells every mistake at once, each by its name', () => {
    const wrong = {
      TOPIC_PARTITIONS: 'six',
      KAFKA_SSL: 'yes',
      LOG_LEVEL: 'loud',
      KAFKA_SASL_MECHANISM: 'plain',
      TOPIC_PREFIX: 'a/b',
    }
    const message = (() => {
      try {
        readConfig(wrong)
        return ''
      } catch (error) {
        return String(error)
      }
    })()
    const names = ['KAFKA_BROKERS', 'SCHEMA_REGISTRY_URL', 'AWS_REGION', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']
    for (const name of [...names, ...Object.keys(wrong).filter((key) => key !== 'KAFKA_SASL_MECHANISM')]) {
      expect(message).toContain(name)
    }
  })

  it('names a wrong value with what it must be, and never a secret', () => {
    expect(() => readConfig({ ...enough, TOPIC_PARTITIONS: 'six' })).toThrow(
      /TOPIC_PARTITIONS must be a whole number from 1 to 1000, not "six"/,
    )
    const wrong = { ...enough, KAFKA_SASL_MECHANISM: 'none', KAFKA_SASL_PASSWORD: 'hunter2', API_PORT: '-1' }
    expect(() => readConfig(wrong)).toThrow(/KAFKA_SASL_MECHANISM must be one of plain, .*API_PORT must be/s)
    expect(() => readConfig(wrong)).not.toThrow(/hunter2/)
  })

  it('sends no login unencrypted, unless it is allowed to', () => {
    const sasl = { ...enough, KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' }
    const registry = { ...enough, SCHEMA_REGISTRY_URL: 'http://registry.test', SCHEMA_REGISTRY_PASSWORD: 'p' }
    const inUrl = { ...enough, SCHEMA_REGISTRY_URL: 'http://u:p@registry.test' }
    expect(() => readConfig(sasl)).toThrow(/KAFKA_SSL must be true .*ALLOWED_PLAINTEXT_LOGINS=true/)
    for (const wrong of [registry, inUrl]) {
      expect(() => readConfig(wrong)).toThrow(/SCHEMA_REGISTRY_URL must be https .*ALLOWED_PLAINTEXT_LOGINS=true/)
    }
    expect(() => readConfig({ ...sasl, KAFKA_SSL: 'true' })).not.toThrow()
    expect(() => readConfig({ ...registry, SCHEMA_REGISTRY_URL: 'https://registry.test' })).not.toThrow()
    for (const wrong of [sasl, registry, inUrl]) {
      expect(() => readConfig({ ...wrong, ALLOWED_PLAINTEXT_LOGINS: 'true' })).not.toThrow()
    }
  })

  it('signs in to MSK with AWS credentials alone, in the region of AWS_REGION and over TLS', () => {
    const iam = { ...enough, KAFKA_SASL_MECHANISM: 'aws-msk-iam', KAFKA_SSL: 'true', AWS_REGION: 'eu-central-1' }
    expect(readConfig(iam).kafka.sasl).toEqual({ mechanism: 'aws-msk-iam', region: 'eu-central-1', credentials: null })
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'hunter2', AWS_SESSION_TOKEN: 'session' }
    expect(readConfig({ ...iam, ...keys }).kafka.sasl).toMatchObject({
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'hunter2', sessionToken: 'session' },
    })

    const wrong = (more: object) => () => readConfig({ ...iam, ...more })
    expect(wrong({ AWS_REGION: '' })).toThrow('AWS_REGION is not set; for example AWS_REGION=eu-central-1')
    const noTls = 'KAFKA_SSL must be true with KAFKA_SASL_MECHANISM=aws-msk-iam'
    expect(wrong({ KAFKA_SSL: 'false' })).toThrow(noTls)
    expect(wrong({ KAFKA_SSL: 'false', ALLOWED_PLAINTEXT_LOGINS: 'true' })).toThrow(noTls)
    for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD']) {
      expect(wrong({ [name]: 'hunter2' })).toThrow(
        `${name} must not be set with KAFKA_SASL_MECHANISM=aws-msk-iam, which signs in with AWS credentials: remove it`,
      )
      expect(wrong({ [name]: 'hunter2' })).not.toThrow('hunter2')
    }
  })

  it('reads the token from a file', () => {
    const read = (path: string) => {
      if (path === '/run/secrets/token') return 'hunter2\n'
      if (path === '/empty') return ' \n'
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
    }
    expect(readConfig({ ...enough, API_TOKEN_FILE: '/run/secrets/token' }, read).api.token).toBe('hunter2')
    const wrong = (more: object) => () => readConfig({ ...enough, ...more }, read)
    expect(wrong({ API_TOKEN_FILE: '/nowhere' })).toThrow('API_TOKEN_FILE names /nowhere, which does not exist')
    expect(wrong({ API_TOKEN_FILE: '/empty' })).toThrow('API_TOKEN_FILE names /empty, which is empty')
    expect(wrong({ API_TOKEN_FILE: '/nowhere', API_TOKEN: 'hunter2' })).toThrow(
      'API_TOKEN_FILE and API_TOKEN are both set',
    )
  })

  it('takes an issuer of tokens by https, with its audience', () => {
    const issuer = { OIDC_ISSUER: 'https://login.example.com/shops', OIDC_AUDIENCE: 'waldstream' }
    expect(readConfig({ ...enough, ...issuer }).api.oidc).toEqual({
      issuer: 'https://login.example.com/shops',
      audience: 'waldstream',
      claims: { scopes: 'scope', connections: 'waldstream_connections', systems: 'waldstream_systems', name: 'sub' },
    })
    const wrong = (more: object) => () => readConfig({ ...enough, ...more })
    expect(wrong({ OIDC_ISSUER: issuer.OIDC_ISSUER })).toThrow('OIDC_AUDIENCE is not set')
    expect(wrong({ OIDC_AUDIENCE: 'waldstream' })).toThrow('OIDC_ISSUER is not set')
    for (const one of ['http://login.example.com', 'http://127.0.0.1.example.com', 'file:///etc/passwd'])
      expect(wrong({ ...issuer, OIDC_ISSUER: one })).toThrow('OIDC_ISSUER must be an https address')
  })

  it('takes what the example sets, with DynamoDB Local', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
    const set = [...example.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value]) => [name, value] as const)
    expect(readConfig({ ...Object.fromEntries(set), DYNAMODB_ENDPOINT: 'http://d' }).kafka.brokers).toEqual([
      '127.0.0.1:9092',
    ])
    for (const name of variableNames) expect(example).toMatch(new RegExp(`^(# )?${name}=`, 'm'))
  })
})

describe('tracing', () => {
  const on = { ...enough, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }

  it('is off without an address to export to, and where it is disabled', () => {
    expect(readConfig(enough).tracing).toBeNull()
    expect(readConfig({ ...enough, OTEL_SERVICE_NAME: 'bridge', OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeNull()
    expect(readConfig({ ...on, OTEL_SDK_DISABLED: 'true' }).tracing).toBeNull()
  })

  it('is set by the standard variables', () => {
    expect(readConfig(on).tracing).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      serviceName: 'waldstream',
      resource: {},
      sampler: 'parentbased_always_on',
      ratio: 1,
    })
    const whole = {
      ...on,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc=,x-team=orders',
      OTEL_SERVICE_NAME: 'bridge',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production, team=100%',
      OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }
    expect(readConfig(whole).tracing).toEqual({
      url: 'https://traces.example/in',
      headers: { authorization: 'Basic abc=', 'x-team': 'orders' },
      serviceName: 'bridge',
      resource: { 'deployment.environment.name': 'production', team: '100%' },
      sampler: 'parentbased_traceidratio',
      ratio: 0.25,
    })
  })

  it('sends no headers unencrypted, unless it is allowed to, and says what a variable must be', () => {
    const secret = { ...on, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=abc' }
    expect(() => readConfig(secret)).toThrow(/https address when OTEL_EXPORTER_OTLP_HEADERS is set/)
    expect(() => readConfig({ ...secret, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' })).not.toThrow()
    expect(() => readConfig({ ...secret, ALLOWED_PLAINTEXT_LOGINS: 'true' })).not.toThrow()
    expect(() => readConfig({ ...on, OTEL_TRACES_SAMPLER_ARG: '2' })).toThrow(/must be a part of 1/)
    expect(() => readConfig({ ...on, OTEL_EXPORTER_OTLP_ENDPOINT: 'collector' })).toThrow(/an http or https address/)
  })
})
