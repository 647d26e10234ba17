import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DemoOptions } from './options.ts'
import type { SimulatorAddresses } from './simulators.ts'

/** References of config/demo, resolved to the simulators. */
export function demoEnvironment(options: DemoOptions, simulators: SimulatorAddresses): Record<string, string> {
  const { magento, netsuite, images } = simulators
  return {
    DEMO_MAGENTO_URL: magento.url,
    DEMO_MAGENTO_CONSUMER_KEY: magento.credentials['consumerKey'] ?? '',
    DEMO_MAGENTO_CONSUMER_SECRET: magento.credentials['consumerSecret'] ?? '',
    DEMO_MAGENTO_ACCESS_TOKEN: magento.credentials['token'] ?? '',
    DEMO_MAGENTO_ACCESS_TOKEN_SECRET: magento.credentials['tokenSecret'] ?? '',
    DEMO_NETSUITE_URL: netsuite.url,
    DEMO_NETSUITE_CONSUMER_KEY: netsuite.credentials['consumerKey'] ?? '',
    DEMO_NETSUITE_CONSUMER_SECRET: netsuite.credentials['consumerSecret'] ?? '',
    DEMO_NETSUITE_TOKEN_ID: netsuite.credentials['token'] ?? '',
    DEMO_NETSUITE_TOKEN_SECRET: netsuite.credentials['tokenSecret'] ?? '',
    DEMO_IMAGES_URL: `${images.url}/feeds/images.csv`,
    DEMO_VENDOR_PATTERN: options.vendorPattern,
  }
}

interface Endpoints {
  readonly api: string
  readonly simulators: { readonly magento: string; readonly netsuite: string; readonly images: string }
  readonly kafka: string
  readonly schemaRegistry: string
  readonly dynamodb: string
}

/** Writes where things are, for programs that look for them. */
export function writeEndpoints(
  options: DemoOptions,
  api: string,
  simulators: SimulatorAddresses,
  env: Readonly<Record<string, string>>,
): Endpoints {
  const { magento, netsuite, images } = simulators
  const endpoints = {
    api,
    simulators: { magento: magento.url, netsuite: netsuite.url, images: images.url },
    kafka: env['KAFKA_BROKERS'] ?? '',
    schemaRegistry: env['SCHEMA_REGISTRY_URL'] ?? '',
    dynamodb: env['DYNAMODB_ENDPOINT'] ?? '',
  }
  mkdirSync(dirname(options.endpointsFile), { recursive: true })
  writeFileSync(options.endpointsFile, `${JSON.stringify(endpoints, null, 2)}\n`)
  return endpoints
}

/** Writes what the command line needs to work on what runs here, for a shell to read. */
export function writeShellEnvironment(options: DemoOptions, env: Readonly<Record<string, string>>): void {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
  writeFileSync(join(dirname(options.endpointsFile), 'env'), `${lines.join('\n')}\n`)
}

/** The same for people. */
export function where(connection: string, { api, simulators, kafka, schemaRegistry, dynamodb }: Endpoints): string {
  return `everything runs:
          API                ${api}            documentation ${api}/docs
          feeds              ${api}/v1/feeds/products?connection=${connection}
                             ${api}/v1/feeds/inventory?connection=${connection}
                             ${api}/v1/feeds/images?connection=${connection}
          tasks              ${api}/v1/tasks
          Magento simulator  ${simulators.magento}/_sim/state
          NetSuite simulator ${simulators.netsuite}/_sim/state
          image feed         ${simulators.images}/_sim/state
          Kafka ${kafka}  registry ${schemaRegistry}  DynamoDB ${dynamodb}
          command line       . .waldstream/env && npx waldstream tasks list`
}
