import { expect, it } from 'vitest'
import { allCommands, catalog, entries } from '../../../src/cli/catalog.ts'
import { commandsOf, flagName } from '../../../src/cli/command.ts'
import { handlers } from '../../../src/cli/handlers.ts'
import { createProgram, helpOf } from '../../../src/cli/program.ts'
import { roles } from '../../../src/cli/roles.ts'
import { changeKinds } from '../../../src/configuration/changes.ts'
import { mappedEntities } from '../../../src/configuration/model.ts'
import { entities } from '../../../src/events/topics.ts'
import { auditOutcomes } from '../../../src/operations/audit.ts'
import { letterStates } from '../../../src/operations/dead-letters.ts'
import { KEY_CACHE_MS, keyScopes } from '../../../src/operations/keys.ts'
import { USUAL_REPLAY_RATE } from '../../../src/operations/replays.ts'
import { MOST_SHARE_DAYS, USUAL_SHARE_DAYS } from '../../../src/operations/share-links.ts'
import { stagedStatuses, views } from '../../../src/operations/staged.ts'
import { taskStates } from '../../../src/operations/tasks.ts'
import { feeds } from '../../../src/projections/feeds.ts'
import { parseLine } from '../../worlds/command-lines.ts'

it('has a handler for each command, and no other', () => {
  expect([...handlers.keys()].toSorted()).toEqual(allCommands.map(({ name }) => name).toSorted())
})

it('names the commands of a group after it', () => {
  const misnamed = entries.flatMap((entry) => commandsOf(entry).filter(({ name }) => name.split(' ')[0] !== entry.name))
  expect(misnamed).toEqual([])
})

it.each(allCommands)('$name has examples that are right', async ({ name, examples }) => {
  expect(examples.length).toBeGreaterThan(0)
  for (const line of examples) expect(await parseLine(line.split(' > ')[0] ?? '')).toMatchObject({ name })
})

it.each(allCommands)('the help of $name has its options and examples', ({ name, options, examples }) => {
  const help = helpOf(
    createProgram(async () => undefined),
    name,
    100,
  )
  for (const [option, declared] of Object.entries(options)) expect(help).toContain(flagName(option, declared))
  for (const line of examples) expect(help).toContain(line)
})

it('lists every command by its purpose', () => {
  const help = createProgram(async () => undefined).helpInformation()
  for (const { title, entries: own } of catalog) {
    expect(help).toContain(`${title}:`)
    for (const { name } of own) expect(help).toMatch(new RegExp(`^  ${name} `, 'm'))
  }
})

/** Choices are written into declarations, which import nothing heavy; these are what they have to be. */
const choices: readonly (readonly [command: string, option: string, values: readonly string[]])[] = [
  ['run', 'role', [...roles, 'all']],
  ['preview', 'entity', mappedEntities],
  ['dead-letters list', 'state', letterStates],
  ['tasks list', 'state', taskStates],
  ['stage', 'status', stagedStatuses],
  ['changes', 'kind', changeKinds],
  ['audit', 'outcome', auditOutcomes],
  ['history', 'feed', feeds.map(({ entity }) => entity)],
]

const commandNamed = (name: string) => allCommands.find((command) => command.name === name)

it.each(choices)('%s --%s offers what there is', (command, option, values) => {
  const declared = commandNamed(command)?.options[option]
  const offered = declared !== undefined && 'value' in declared ? declared.value.split('|') : []
  expect(offered.toSorted()).toEqual(values.toSorted())
})

it('offers the views and entities that there are', () => {
  const { view = [], entity = [] } = commandNamed('stage')?.choices ?? {}
  expect(view.toSorted()).toEqual(views.toSorted())
  expect(entity.toSorted()).toEqual(entities.toSorted())
})

it('says the numbers and names that are in force', () => {
  expect(commandNamed('keys create')?.about).toContain(`Scopes: ${keyScopes.join(', ')}.`)
  expect(commandNamed('keys revoke')?.summary).toContain(`within ${KEY_CACHE_MS / 1000} seconds`)
  const about = (command: string, option: string) => commandNamed(command)?.options[option]?.about
  expect(about('shares create', 'days')).toContain(`default: ${USUAL_SHARE_DAYS}, at most ${MOST_SHARE_DAYS}`)
  expect(about('replay', 'rate')).toContain(`default: ${USUAL_REPLAY_RATE}`)
  const table = commandNamed('rebuild')?.about ?? ''
  for (const { entity } of feeds) expect(table).toContain(entity)
})
