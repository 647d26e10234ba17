import { createHash, randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DockerEngine } from './docker-images.ts'

/** Common prefix of the names of a folder's volumes, whatever happened to its content since. */
function volumePrefix(dataDir: string): string {
  return `waldstream-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}-`
}

/**
 * The name of the volumes with this folder's data, stored in the folder. An emptied folder gets a new name, and its
 * earlier volumes are removed, because their data is what was emptied.
 */
export async function openVolumes({ client }: DockerEngine, dataDir: string): Promise<string> {
  const file = join(dataDir, 'docker-volumes')
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  if (kept !== undefined) return kept
  const { dockerode } = client.container
  const { Volumes } = await dockerode.listVolumes({ filters: JSON.stringify({ name: [volumePrefix(dataDir)] }) })
  for (const { Name } of Volumes) await dockerode.getVolume(Name).remove()
  const name = volumePrefix(dataDir) + randomUUID().slice(0, 8)
  await writeFile(file, name)
  return name
}
