import { readFileSync } from 'node:fs'
import { toStreamError } from '../errors.ts'
import { applyCommand } from './apply.ts'
import { UsageError } from './arguments.ts'
import { auditCommand } from './audit.ts'
import { changesCommand } from './changes.ts'
import { deadLettersCommand } from './dead-letters.ts'
import { doctorCommand } from './doctor.ts'
import { forgetCommand } from './forget.ts'
import { keysCommand } from './keys.ts'
import { orderCommand } from './order.ts'
import { pausesCommand } from './pauses.ts'
import { positionsCommand } from './positions.ts'
import { previewCommand } from './preview.ts'
import { readsCommand } from './reads.ts'
import { rebuildCommand } from './rebuild.ts'
import { replayCommand } from './replay.ts'
import { rowsCommand } from './rows.ts'
import { runCommand } from './run.ts'
import { stageCommand } from './stage.ts'
import { statusCommand } from './status.ts'
import { syncCommand } from './sync.ts'
import { tasksCommand } from './tasks.ts'
import { testCommand } from './test.ts'
import { validateCommand } from './validate.ts'

const USAGE = `waldstream <command>

  run --role producer|processor|projector|api|all   run a role until SIGTERM or Ctrl-C; --workers N
  apply <dir>                                       put a folder of configuration into the tables
  validate <dir>                                    check a folder of configuration
  test <dir>                                        run the mapping tests of a folder
  preview <dir> --connection C --entity E           what a changed mapping would change, before it is applied
  doctor [dir]                                      check that everything configured works
  status                                            how everything goes, and what needs somebody
  positions list|set <group>                        the offset a sink resumes from when the broker has lost it
  dead-letters list|show|retry|discard              records that failed
  order <number>                                    one order from beginning to end: lines, money, every step
  stage frontend|backend <connection> <entity>      what is staged towards the shop and the ERP
  pauses list|hold|resume                           connections that are held
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

Every command: --json prints JSON, --help its options. Addresses come from the environment (see README).
Exit code: 0 done, 1 failed, 2 wrong use.`

const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  run: runCommand,
  apply: applyCommand,
  validate: validateCommand,
  test: testCommand,
  preview: previewCommand,
  sync: syncCommand,
  replay: replayCommand,
  rebuild: rebuildCommand,
  positions: positionsCommand,
  'dead-letters': deadLettersCommand,
  doctor: doctorCommand,
  order: orderCommand,
  status: statusCommand,
  stage: stageCommand,
  pauses: pausesCommand,
  rows: rowsCommand,
  changes: changesCommand,
  keys: keysCommand,
  audit: auditCommand,
  forget: forgetCommand,
  reads: readsCommand,
  tasks: tasksCommand,
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args
  if (name === '--help' || name === '-h' || name === 'help') {
    console.log(USAGE)
    return 0
  }
  if (name === '--version') {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    console.log(version)
    return 0
  }
  const command = name === undefined ? undefined : commands[name]
  if (command === undefined) {
    console.error(name === undefined ? USAGE : `there is no command "${name}"\n\n${USAGE}`)
    return 2
  }
  try {
    await command(rest)
    return 0
  } catch (error) {
    const known = toStreamError(error)
    console.error(known.code === 'unexpected' ? error : `${known.code}: ${known.message}`)
    return error instanceof UsageError ? 2 : 1
  }
}

const code = await main(process.argv.slice(2))
// A command that was done may still say that not all is well.
if (code !== 0) process.exitCode = code
