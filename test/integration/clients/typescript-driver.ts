/**
 * Runs the TypeScript kit as a shop would, for the conformance suite; php-driver.php is the same in PHP. Prints a line of JSON per
 * page and waits for a line of input before the next one; at the end prints the report, or the error, and the rows of the store.
 */
import { createInterface } from 'node:readline'
import { FeedError, FileStore, followFeed } from '../../../clients/typescript/client.ts'

interface Options {
  readonly api: string
  readonly key: string
  readonly feed: string
  readonly connection: string
  readonly source?: string
  readonly file: string
  readonly limit: number
  readonly onExpired: 'read-again' | 'throw'
}

const options = JSON.parse(process.argv[2] ?? '') as Options
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const print = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)

const { file, ...feed } = options
const store = new FileStore(file)
const followed = followFeed({ ...feed, store, retry: { attempts: 400, firstMs: 20, mostMs: 200 } })
try {
  for await (const { rows, complete, full } of followed.pages()) {
    print({ page: { rows: rows.length, complete, full } })
    await input.next()
  }
  print({ error: null, rows: store.rows() })
} catch (error) {
  if (!(error instanceof FeedError)) throw error
  print({ error: error.code, rows: store.rows() })
}
process.exit()
