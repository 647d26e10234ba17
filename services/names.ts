/** The servers that Waldstream depends on. `sqs` is only for shops that push there. */
export type ServiceName = 'kafka' | 'registry' | 'dynamodb' | 'sqs'

/** Address of a running service. */
export interface Address {
  readonly name: ServiceName
  readonly host: string
  readonly port: number
}

/** The variable that holds each service's address. */
export const ADDRESS_VARIABLE: Readonly<Record<ServiceName, string>> = {
  kafka: 'KAFKA_BROKERS',
  registry: 'SCHEMA_REGISTRY_URL',
  dynamodb: 'DYNAMODB_ENDPOINT',
  sqs: 'SQS_ENDPOINT',
}

export function isServiceName(text: string): text is ServiceName {
  return Object.hasOwn(ADDRESS_VARIABLE, text)
}

/** The local AWS substitutes accept any credentials, but the SDK requires some; never use real ones. */
const LOCAL_AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' }

function addressText({ name, host, port }: Address): string {
  switch (name) {
    case 'kafka':
      return `${host}:${port}`
    case 'registry':
      return `http://${host}:${port}/apis/ccompat/v7`
    case 'dynamodb':
    case 'sqs':
      return `http://${host}:${port}`
  }
}

const THIS_MACHINE = ['127.0.0.1', 'localhost']

/** Variables to set so that Waldstream finds these services. AWS variables already in `env` stay. */
export function environmentOf(
  addresses: readonly Address[],
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const address of addresses) {
    found[ADDRESS_VARIABLE[address.name]] = addressText(address)
    // A single broker, possibly on a remote Docker engine: its records are for development only.
    if (address.name === 'kafka' && !THIS_MACHINE.includes(address.host)) found['ALLOWED_DATA_LOSS'] = 'true'
    if (address.name !== 'dynamodb' && address.name !== 'sqs') continue
    for (const [name, value] of Object.entries(LOCAL_AWS)) found[name] = env[name] || value
  }
  return found
}
