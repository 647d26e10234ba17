import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { COMPATIBILITY, SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import axios, { type AxiosInstance, isAxiosError } from 'axios'
import { StreamError } from '../../errors.ts'
import { correctAddress, isUnreachable } from '../loopback.ts'
import { withoutEnd } from '../without-end.ts'

export interface RegistrySettings {
  readonly url: string
  readonly username?: string | null
  readonly password?: string | null
}

export interface RegisteredSchema {
  readonly id: number
  readonly schema: string
}

/**
 * The schema registry, Confluent's or one with its API. Every call rejects with `registry_unavailable` when it doesn't
 * answer and with `credentials_refused` when it answers 401 or 403.
 */
export interface RegistryClient {
  /** The subject's newest version; undefined when it has none. */
  latest(subject: string): Promise<RegisteredSchema | undefined>
  /** Adds a version under BACKWARD_TRANSITIVE, or finds an existing one; throws `schema_incompatible` when refused. */
  register(subject: string, schema: string): Promise<number>
  /** The subject's compatibility level, for example BACKWARD_TRANSITIVE; undefined when it has none of its own. */
  compatibility(subject: string): Promise<string | undefined>
  /** Whether the subject would accept the schema as its next version. */
  accepts(subject: string, schema: string): Promise<boolean>
  /** The schema of an id; undefined when the registry has none. */
  byId(id: number): Promise<string | undefined>
  close(): void
}

const TIMEOUT_MS = 10_000

export function createRegistryClient(settings: RegistrySettings): RegistryClient {
  const host = withoutEnd(settings.url, '/')
  const agent = host.startsWith('https:') ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const login = settings.username ? { username: settings.username, password: settings.password ?? '' } : undefined
  const registry = new SchemaRegistry({
    host,
    agent,
    clientId: 'waldstream',
    retry: { retries: 2 },
    ...(login === undefined ? {} : { auth: login }),
  })
  const http = axios.create({
    baseURL: host,
    timeout: TIMEOUT_MS,
    httpAgent: agent,
    httpsAgent: agent,
    ...(login === undefined ? {} : { auth: login }),
  })
  return {
    latest: (subject) =>
      found(host, async () => {
        const path = `/subjects/${encodeURIComponent(subject)}/versions/latest`
        return await get<RegisteredSchema>(http, path)
      }),
    byId: (id) => found(host, async () => (await get<{ schema: string }>(http, `/schemas/ids/${id}`)).schema),
    async register(subject, schema) {
      try {
        // Set here, because the library refuses a subject whose compatibility an interrupted start did not set.
        await http.put(`/config/${encodeURIComponent(subject)}`, { compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE })
        const options = { subject, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE }
        return (await registry.register({ type: SchemaType.AVRO, schema }, options)).id
      } catch (error) {
        throw schemaRefusedError(error, subject) ?? registryUnavailableError(error, host)
      }
    },
    compatibility: (subject) =>
      found(host, async () => {
        const path = `/config/${encodeURIComponent(subject)}`
        return (await get<{ compatibilityLevel: string }>(http, path)).compatibilityLevel
      }),
    async accepts(subject, schema) {
      const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions`
      const answer = await found(host, async () => {
        const body = { schema, schemaType: 'AVRO' }
        return (await http.post<{ is_compatible: boolean }>(path, body)).data.is_compatible
      })
      return answer ?? true
    },
    close: () => agent.destroy(),
  }
}

async function get<T>(http: AxiosInstance, path: string): Promise<T> {
  return (await http.get<T>(path)).data
}

async function found<T>(host: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw registryUnavailableError(error, host)
  }
}

/**
 * The registry answers 409 for "incompatible" and 422 for "invalid schema"; the library has its own errors for the
 * rest.
 */
function schemaRefusedError(error: unknown, subject: string): StreamError | undefined {
  const status = statusOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  const byLibrary = error instanceof Error && /Compatibility|InvalidSchema/.test(error.name)
  if (status !== 409 && status !== 422 && !byLibrary) return undefined
  const message = `the registry refused the schema for ${subject}: ${reason}; each change must be BACKWARD_TRANSITIVE`
  return new StreamError('schema_incompatible', message, { details: { subject } })
}

/** Errors of axios and the library contain the request with its login, so they never become a cause. */
function registryUnavailableError(error: unknown, host: string): StreamError {
  const status = statusOf(error)
  const reason = error instanceof Error ? error.message : String(error)
  if (status === 401 || status === 403) {
    const hint = 'check SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD'
    return new StreamError('credentials_refused', `the schema registry answered ${status}: ${hint}`)
  }
  const where = `the schema registry at ${hostOf(host)} (SCHEMA_REGISTRY_URL)`
  const code = connectionCode(error)
  if (code === null) return new StreamError('registry_unavailable', `${where} does not answer: ${reason}`)
  const way = correctAddress(URL.canParse(host) ? new URL(host).hostname : '')
  return new StreamError('registry_unavailable', `${where} does not answer: ${code}; ${way}`)
}

/** The system's code of a connection that could not be made; null: there was a connection. */
function connectionCode(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return isUnreachable(code) ? code : null
}

/** The host of a URL, without a login in it. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}

function statusOf(error: unknown): number | undefined {
  if (isAxiosError(error)) return error.response?.status
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined
  return typeof error.status === 'number' ? error.status : undefined
}
