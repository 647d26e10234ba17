import type { ContainerRuntimeClient } from 'testcontainers'
import type { ServiceName } from './names.ts'

/** An engine that answers. */
export interface DockerEngine {
  readonly version: string
  readonly client: ContainerRuntimeClient
  readonly why?: undefined
}

const PULL_MS = 90_000

/** The image of each service; for Kafka also alternatives in case it is not available. */
const IMAGES: Readonly<Record<ServiceName, readonly string[]>> = {
  kafka: ['apache/kafka:4.4.0', 'apache/kafka:4.3.0', 'apache/kafka:4.2.0', 'apache/kafka:4.1.1'],
  registry: ['apicurio/apicurio-registry:3.0.9'],
  dynamodb: ['amazon/dynamodb-local:3.1.0'],
  sqs: ['softwaremill/elasticmq:1.7.1'],
}

/** Looks for a Docker engine. Resolves to the engine, or to the reason why there is none. Never rejects. */
export async function findDocker(): Promise<DockerEngine | { readonly why: string }> {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers')
    const client = await getContainerRuntimeClient()
    return { version: String(client.info.containerRuntime.serverVersion), client }
  } catch {
    return { why: 'no Docker engine answers' }
  }
}

/** Resolves to the first of the images that the engine has or can pull in time. */
async function ensureImage(client: ContainerRuntimeClient, name: ServiceName, log: (line: string) => void) {
  const { ImageName } = await import('testcontainers')
  const images = IMAGES[name].map((image) => ImageName.fromString(image))
  for (const image of images) if (await client.image.exists(image)) return image.string
  const reasons: string[] = []
  for (const image of images) {
    log(`pulling ${image.string}`)
    try {
      await client.image.pull(image)
      return image.string
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new Error(`no image for ${name}: ${reasons[0]}`)
}

/** The found images, by service. */
export type Images = Readonly<Partial<Record<ServiceName, string>>>

/** Gets the image of every service, and the reaper that removes our containers when this process dies, within 90 s. */
export async function ensureImages(
  { client }: DockerEngine,
  names: readonly ServiceName[],
  log: (line: string) => void,
): Promise<Images> {
  const { getReaper } = await import('testcontainers')
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the images were not there within 90 s')), PULL_MS)
  try {
    const all = Promise.all([
      ...names.map(async (name) => [name, await ensureImage(client, name, log)] as const),
      getReaper(client).then(() => undefined),
    ])
    const pairs = (await Promise.race([all, late.promise])).filter((pair) => pair !== undefined)
    return Object.fromEntries(pairs)
  } finally {
    clearTimeout(timer)
  }
}
