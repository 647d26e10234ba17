import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'
import { StreamError } from '../errors.ts'
import type { Reference } from './reference-form.ts'

type AwsReference = Extract<Reference, { readonly form: 'aws-secret' | 'aws-ssm' }>

/** Secrets Manager and Parameter Store, with the credentials of this process. */
export interface AwsSecrets {
  /** The current value. Throws errors that never contain it. */
  get(reference: AwsReference): Promise<string>
}

/** How long a value is cached: refused deliveries ask for it each time. */
const TTL_MS = 10_000
const TIMEOUT_MS = 5_000

type Environment = Readonly<Record<string, string | undefined>>

/** Connects on first use; endpoints can be set by the variables of the AWS SDK. */
export function createAwsSecrets(environment: Environment, now: () => number = Date.now): AwsSecrets {
  const known = new Map<string, { readonly value: Promise<string>; readonly until: number }>()
  let clients: { readonly secrets: SecretsManagerClient; readonly parameters: SSMClient } | undefined
  const ask = async ({ form, name }: AwsReference): Promise<string> => {
    clients ??= {
      secrets: new SecretsManagerClient(clientOptions(environment, 'AWS_ENDPOINT_URL_SECRETS_MANAGER')),
      parameters: new SSMClient(clientOptions(environment, 'AWS_ENDPOINT_URL_SSM')),
    }
    const abortSignal = AbortSignal.timeout(TIMEOUT_MS)
    if (form === 'aws-secret') {
      const { SecretString } = await clients.secrets.send(new GetSecretValueCommand({ SecretId: name }), {
        abortSignal,
      })
      return SecretString ?? ''
    }
    const command = new GetParameterCommand({ Name: name, WithDecryption: true })
    const { Parameter } = await clients.parameters.send(command, { abortSignal })
    return Parameter?.Value ?? ''
  }
  return {
    async get(reference) {
      const id = `${reference.form} ${reference.name}`
      let entry = known.get(id)
      if (entry === undefined || entry.until <= now()) {
        entry = { value: ask(reference), until: now() + TTL_MS }
        known.set(id, entry)
        entry.value.catch(() => known.delete(id))
      }
      const text = await entry.value
      return reference.form === 'aws-ssm' || reference.key === null ? text : fieldOf(text, reference.key)
    },
  }
}

function clientOptions(environment: Environment, endpointName: string) {
  const { AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment
  const endpoint = environment[endpointName] ?? environment['AWS_ENDPOINT_URL']
  const sessionToken = environment['AWS_SESSION_TOKEN']
  const session = sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }
  return {
    maxAttempts: 3,
    ...(region === undefined || region === '' ? {} : { region }),
    ...(endpoint === undefined || endpoint === '' ? {} : { endpoint }),
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey, ...session } } : {}),
  }
}

/** A field of a secret that is a JSON object. Errors never contain the secret. */
function fieldOf(text: string, key: string): string {
  let value: unknown
  try {
    const object: unknown = JSON.parse(text)
    value =
      typeof object === 'object' && object !== null && Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined
  } catch {
    throw new StreamError('configuration_invalid', 'the secret is not a JSON object')
  }
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new StreamError('configuration_invalid', `the secret has no text field "${key}"`)
}
