import type { Entity } from '../../src/events/topics.ts'
import { s3Place } from '../../src/systems/files/s3-place.ts'
import { readWorld } from './read-world.ts'
import { BUCKET, S3_SECRETS, s3OptionsAt } from './s3-server/start-s3-server.ts'
import { readOf, systemOf } from './sources.ts'

const never = new AbortController().signal

/** Reads of a vendor whose files lie in a folder of its own in a bucket; `reached`: where the reads find the server. */
export function s3FilesWorld<E extends Entity>(
  entity: E,
  address: string,
  { settings = {}, reached = address }: { settings?: Readonly<Record<string, unknown>>; reached?: string } = {},
) {
  const options = s3OptionsAt(address)
  const place = s3Place(options)
  const read = readOf('vendor', entity, 3)
  const system = systemOf({
    id: 'vendor',
    type: 'files',
    address: `s3://${BUCKET}/${options.root}`,
    secrets: { accessKeyId: 'env:KEY', secretAccessKey: 'env:SECRET' },
    reads: [read],
    settings: { region: options.region, endpoint: reached, ...settings },
  })
  const readerSleep = async () => {
    throw new Error('objects are whole: nothing is to be waited for')
  }
  const world = readWorld(entity, { system, read }, { readerSleep })
  world.secrets.set('env:KEY', S3_SECRETS.accessKeyId).set('env:SECRET', S3_SECRETS.secretAccessKey)
  return {
    ...world,
    system,
    place,
    put: async (name: string, content: string) =>
      await place.visit((visit) => visit.write(`${entity}/${name}`, Buffer.from(content)), never),
    list: async (folder: string = entity) =>
      (await place.visit((visit) => visit.list(folder), never)).map(({ name }) => name).toSorted(),
  }
}
