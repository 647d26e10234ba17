import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import type { Item } from '../src/platform/dynamodb/tables.ts'
import { localPlace } from '../src/systems/files/local-place.ts'
import { readFiles } from '../src/systems/files/read-files.ts'
import { settings as declared } from '../src/systems/files/settings.ts'
import { stockReading } from '../src/systems/files/system.ts'
import { placeClient } from '../test/worlds/place-client.ts'
import { valuesOf } from '../test/worlds/settings.ts'
import { readOf, WHOLE } from '../test/worlds/sources.ts'
import { FILE, type FilesRun, FOLDER } from './files.ts'
import { createMeter, type Measured } from './meter.ts'

const PAGE = 500

/** Rows of a file by the reader of the product: all that it does before something is published. */
async function byReader(root: string): Promise<number> {
  const place = localPlace(root)
  const client = placeClient((work, signal) => place.visit(work, signal))
  const kept = new Map<string, Item>()
  const notes = {
    find: async (ids: readonly string[]) => new Map([...kept].filter(([id]) => ids.includes(id))),
    keep: async (all: readonly (Item & { readonly id: string })[]) => {
      for (const note of all) kept.set(note.id, note)
    },
  }
  const values = valuesOf(declared, { 'inventory.folder': FOLDER, 'inventory.complete': 'rename' })
  const clock = { now: () => Date.now(), sleep: async () => undefined }
  const read = readOf('vendor', 'inventory', PAGE)
  const reader = readFiles(stockReading(values), { client, read, clock, notes })
  let rows = 0
  for await (const { entities } of reader.read(WHOLE, null, new AbortController().signal)) {
    // What is published has its raw text.
    rows += entities.filter(({ raw }) => raw !== null).length
  }
  return rows
}

/** The same rows by the parser alone. */
async function byParser(root: string): Promise<number> {
  let rows = -1
  const parser = createReadStream(`${root}/${FOLDER}/${FILE}`).pipe(parse())
  for await (const record of parser) rows += Number((record as readonly string[]).length > 0)
  return rows
}

async function main({ side, root }: FilesRun): Promise<Measured> {
  const meter = createMeter()
  meter.begin()
  const rows = await (side === 'reader' ? byReader : byParser)(root)
  return meter.end(rows)
}

process.send?.(await main(JSON.parse(process.argv[2] ?? '') as FilesRun))
process.disconnect?.()
