import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, relative } from 'node:path'
import { type DemoFiles, demoMarker } from './demo-files.ts'
import type { DemoOptions } from './options.ts'
import type { SimulatorAddresses } from './simulators.ts'

/** References of config/demo, resolved to the simulators. */
export function demoEnvironment(options: DemoOptions, simulators: SimulatorAddresses): Record<string, string> {
  const { magento, netsuite, images, sap, bigcommerce, acme } = simulators
  return {
    ...(sap === undefined
      ? {}
      : {
          DEMO_SAP_URL: sap.url,
          DEMO_SAP_USERNAME: sap.credentials['username'] ?? '',
          DEMO_SAP_PASSWORD: sap.credentials['password'] ?? '',
          DEMO_SAP_PATTERN: options.secondVendorPattern,
        }),
    ...(bigcommerce === undefined
      ? {}
      : {
          DEMO_BIGCOMMERCE_URL: bigcommerce.url,
          DEMO_BIGCOMMERCE_ACCESS_TOKEN: bigcommerce.credentials['accessToken'] ?? '',
        }),
    ...(acme === undefined
      ? {}
      : {
          DEMO_ACME_URL: acme.sftp,
          DEMO_ACME_USERNAME: acme.credentials['username'] ?? '',
          DEMO_ACME_PASSWORD: acme.credentials['password'] ?? '',
          DEMO_ACME_PATTERN: options.fileVendorPattern,
        }),
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

/** The simulators are on this machine and speak http or SFTP: they alone may be called there, beside what the environment allows. */
export function demoNetworks(
  environment: Readonly<Record<string, string | undefined>>,
  simulators: SimulatorAddresses,
): Record<string, string> {
  const addresses = [...Object.values(simulators).map(({ url }) => url), simulators.acme?.sftp ?? []].flat()
  const hosts = addresses.map((address) => new URL(address).host)
  const withHosts = (name: string) => [environment[name] ?? '', ...hosts].filter((text) => text !== '').join(',')
  return {
    ALLOWED_PRIVATE_NETWORKS: withHosts('ALLOWED_PRIVATE_NETWORKS'),
    ALLOWED_HTTP_HOSTS: withHosts('ALLOWED_HTTP_HOSTS'),
  }
}

interface Endpoints {
  readonly api: string
  /** By name: magento, netsuite, images, and with all connections sap, bigcommerce and acme. */
  readonly simulators: Readonly<Record<string, string>>
  readonly kafka: string
  readonly schemaRegistry: string
  readonly dynamodb: string
}

/** Writes where things are, for programs that look for them. */
export function writeEndpoints(
  { endpoints: file }: DemoFiles,
  api: string,
  simulators: SimulatorAddresses,
  env: Readonly<Record<string, string>>,
): void {
  const endpoints: Endpoints = {
    api,
    simulators: Object.fromEntries(Object.entries(simulators).map(([name, { url }]) => [name, url])),
    kafka: env['KAFKA_BROKERS'] ?? '',
    schemaRegistry: env['SCHEMA_REGISTRY_URL'] ?? '',
    dynamodb: env['DYNAMODB_ENDPOINT'] ?? '',
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(endpoints, null, 2)}\n`)
}

/**
 * Writes what the command line needs to work on what runs here, for a shell of this user to read. Credentials of AWS that
 * the environment has are in it already: they are written nowhere. How much the demo logs is its own matter.
 */
export function writeShellEnvironment(
  { shell: file }: Pick<DemoFiles, 'shell'>,
  env: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string | undefined>>,
): void {
  const { LOG_LEVEL: _level, ...shared } = env
  const own = Object.entries({ ...shared, ...demoMarker() }).filter(
    ([name]) => !name.startsWith('AWS_') || !given[name],
  )
  const lines = own.map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`)
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  // One of before keeps its mode.
  chmodSync(file, 0o600)
}

/** What people need of it, in three lines; the rest is in the file. */
export function where(api: string, { endpoints, shell }: DemoFiles, folder: string): string {
  return `everything runs:
          control tower      ${api}/
          API                ${api}            documentation ${api}/docs
          to try             "Break something" on the page, or: . ${relative(folder, shell)} && npx waldstream status
          All addresses are in ${relative(folder, endpoints)}; docs/tutorial/demo.md says what to look at. Ctrl-C ends everything.`
}
