import { nearName } from '../configuration/unknown-name.ts'
import { toStreamError } from '../errors.ts'
import { productVersion } from '../operations/product-version.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream <command>

  init <dir>                                        write a first configuration: shop, vendor, connection, mapping, tests
  run --role producer|processor|projector|api|all   run a role until SIGTERM or Ctrl-C; --workers N
  apply <dir>                                       put a folder of configuration into the tables
  validate <dir>                                    check a folder of configuration
  test <dir>                                        run the mapping tests of a folder
  preview <dir> --connection C --entity E           what a changed mapping would change, before it is applied
  doctor [dir]                                      check that everything configured works
  status                                            how everything goes, and what needs somebody
  system                                            what it runs on: processes, consumers, topics, tables, versions
  positions list|set <group>                        the offset a sink resumes from when the broker has lost it
  dead-letters list|show|retry|discard              records that failed
  order <number>                                    one order from beginning to end: lines, money, every step
  history <connection> <sku>                        what changed of a SKU in the feeds, and when
  order hold|release|holds                          keep one order from its vendors, let it go, what is held
  order cancel|resend <number>                      cancel it at a vendor, send it again
  orders --sku SKU | --email ADDRESS                orders with an SKU, or of an e-mail address
  fulfil confirm|ship <number>                      what a vendor did with its part of an order
  shares list|create|revoke <number>                links that show a vendor its part of an order
  stage frontend|backend <connection> <entity>      what is staged towards the shop and the ERP
  pauses list|hold|resume|try                       connections that are held, and what waits
  rows list|remove                                  rows of tables that can't be read
  changes                                           who changed what of the configuration, and when
  audit                                             who did what, who was refused, who read personal data
  keys list|create|rotate|revoke                    keys of the API's callers
  forget <e-mail | system:customer>                 destroy what is kept of a person
  reads list|show|set-cut-date                      reads with their schedules, cut dates and windows
  tasks list|show|retry                             runs of reads and what became of their entities
  sync <read>                                       request a run of a read, for example shop.orders.all
  replay <topic> --to <processor>                   replay stored events; list, show, cancel
  rebuild <table>                                   rebuild a feed table from its topic; --switch, --drop

Every command: --json prints JSON, errors too (on stderr), --help its options. Addresses come from the environment (see README).
Exit code: 0 done, 1 failed, 2 wrong use.`

type Command = (args: readonly string[]) => Promise<void>

/** Each is loaded when it is asked for: most of what one needs, the others don't. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  init: async () => (await import('./init.ts')).initCommand,
  run: async () => (await import('./run.ts')).runCommand,
  apply: async () => (await import('./apply.ts')).applyCommand,
  validate: async () => (await import('./validate.ts')).validateCommand,
  test: async () => (await import('./test.ts')).testCommand,
  preview: async () => (await import('./preview.ts')).previewCommand,
  sync: async () => (await import('./sync.ts')).syncCommand,
  replay: async () => (await import('./replay.ts')).replayCommand,
  rebuild: async () => (await import('./rebuild.ts')).rebuildCommand,
  positions: async () => (await import('./positions.ts')).positionsCommand,
  'dead-letters': async () => (await import('./dead-letters.ts')).deadLettersCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
  order: async () => (await import('./order.ts')).orderCommand,
  orders: async () => (await import('./orders.ts')).ordersCommand,
  shares: async () => (await import('./shares.ts')).sharesCommand,
  fulfil: async () => (await import('./fulfil.ts')).fulfilCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  history: async () => (await import('./history.ts')).historyCommand,
  system: async () => (await import('./system.ts')).systemCommand,
  stage: async () => (await import('./stage.ts')).stageCommand,
  pauses: async () => (await import('./pauses.ts')).pausesCommand,
  rows: async () => (await import('./rows.ts')).rowsCommand,
  changes: async () => (await import('./changes.ts')).changesCommand,
  keys: async () => (await import('./keys.ts')).keysCommand,
  audit: async () => (await import('./audit.ts')).auditCommand,
  forget: async () => (await import('./forget.ts')).forgetCommand,
  reads: async () => (await import('./reads.ts')).readsCommand,
  tasks: async () => (await import('./tasks.ts')).tasksCommand,
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(USAGE)
    return 0
  }
  if (name === '--version') {
    console.log(productVersion())
    return 0
  }
  const load = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    console.error(name === undefined ? USAGE : unknownCommand(name))
    return 2
  }
  try {
    const command = await load()
    await command(rest)
    return 0
  } catch (error) {
    const known = toStreamError(error)
    const { code, message, field = null } = known
    if (rest.includes('--json')) console.error(JSON.stringify({ error: { code, message, field } }))
    else console.error(code === 'unexpected' ? error : `${code}: ${message}`)
    return error instanceof UsageError ? 2 : 1
  }
}

/** One that was mistyped is said; the list of all of them would hide it. */
function unknownCommand(name: string): string {
  const near = nearName(name, Object.keys(commands))
  if (near !== undefined)
    return `there is no command "${name}"; did you mean ${near}? "waldstream --help" lists them all`
  return `there is no command "${name}"\n\n${USAGE}`
}

const code = await main(process.argv.slice(2))
// A command that was done may still say that not all is well.
if (code !== 0) process.exitCode = code
