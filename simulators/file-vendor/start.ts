import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDocumentStore } from '../harness/document-store.ts'
import { createSimulatorApp, listen, type Simulator } from '../harness/simulator.ts'
import { addControlRoutes, type ServerTrouble } from './control-routes.ts'
import { Disk } from './disk.ts'
import { offeredQuantity, Program } from './program.ts'
import { startSftpServer } from './sftp-server.ts'
import { type SeedOptions, Warehouse } from './warehouse.ts'

/** Options, and the source of the vendor's products if the data file is new. */
export interface FileVendorOptions extends SeedOptions {
  /** SQLite file with goods and orders. `:memory:` stores nothing. */
  dataFile: string
  /** Folder with the files of the server; by default one that is removed at the end. */
  folder?: string
  /** How often a stock that has changed becomes a file (1000); 0: only on request. */
  exportEveryMs?: number
}

/** `url` has the control routes; `sftp` is the address of the files. */
export interface FileVendorSimulator extends Simulator {
  sftp: string
}

/**
 * A vendor without an API: an SFTP server for `FILE_VENDOR_CREDENTIALS`, behind which a program reads and writes files,
 * and the control routes under `/_sim`. @throws CatalogError
 */
export async function startFileVendorSimulator(options: FileVendorOptions): Promise<FileVendorSimulator> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'waldstream-file-vendor-'))
  mkdirSync(folder, { recursive: true })
  const store = openDocumentStore(options.dataFile)
  const warehouse = new Warehouse(store)
  const isNew = warehouse.items.all().length === 0
  if (isNew) warehouse.seed(options)
  const program = new Program(folder, warehouse)
  program.begin(isNew)
  const disk = new Disk(folder)
  const trouble: ServerTrouble = { refusesSignIn: false }
  const server = await startSftpServer({
    disk,
    onFile: (path) => program.take(path),
    isClosed: () => trouble.refusesSignIn,
  })
  const app = createSimulatorApp({
    state: () => stateOf(warehouse),
    reset: () => {
      disk.denied = []
      trouble.refusesSignIn = false
      warehouse.seed(options)
      program.begin(true)
    },
  })
  addControlRoutes(app, { warehouse, program, disk, trouble })
  const every = options.exportEveryMs ?? 1000
  const timer = every === 0 ? undefined : setInterval(() => program.exportStock(), every)
  app.addHook('onClose', async () => {
    clearInterval(timer)
    await server.close()
    store.close()
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  })
  const simulator = await listen(app)
  return { ...simulator, sftp: `sftp://127.0.0.1:${server.port}/` }
}

/** Goods with what the stock file says of them (`offered`), orders, and files that could not be read. */
function stateOf({ items, orders, rejected }: Warehouse) {
  const offers = items.all().map((item) => ({ ...item, offered: offeredQuantity(item.stock) }))
  return { items: offers, orders: orders.all(), rejected: rejected.all() }
}
