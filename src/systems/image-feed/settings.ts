import { StreamError } from '../../errors.ts'
import { digest } from '../../events/identity.ts'
import type { ConfiguredSystem } from '../kit/configured-system.ts'
import type { ImageFeedSettings } from './client.ts'
import { type FeedForm, formats } from './parse.ts'
import { type ColumnName, type Columns, columnNames, roles } from './rows.ts'

/** Secrets so named are headers that every request for the feed has. */
const HEADER_SECRET = 'header.'

/** `settings.path`, where given, is taken from the address. Throws `configuration_invalid`, naming the setting. */
export function imageFeedSettings(system: ConfiguredSystem): ImageFeedSettings {
  const { address, settings, limits } = system
  const path = settings['path'] ?? ''
  if (!URL.canParse(path, address) || !/^https?:$/.test(new URL(path, address).protocol)) {
    throw wrong(system, 'address', "must be the feed's http or https address")
  }
  const url = new URL(path, address)
  if (url.username !== '' || url.password !== '') {
    throw wrong(system, 'address', 'holds a name or password; give them as the secrets username and password')
  }
  return {
    url: url.href,
    id: digest(url.href, JSON.stringify(Object.entries(settings).toSorted())),
    limits,
    credentials: credentialsOf(system),
    encoding: settings['encoding'] ?? null,
    allowPrivate: flag(system, 'allowPrivateAddresses'),
    checkLinks: flag(system, 'checkLinks'),
    timeoutMs: secondsOf(system) * 1000,
    form: formOf(system),
  }
}

function wrong({ id }: ConfiguredSystem, field: string, problem: string): StreamError {
  return new StreamError('configuration_invalid', `system ${id} (image-feed): ${field} ${problem}`, { field })
}

function choice<T extends string>(system: ConfiguredSystem, name: string, values: readonly T[]): T | null {
  const given = system.settings[name]
  if (given === undefined) return null
  const known = values.find((value) => value === given)
  if (known === undefined) throw wrong(system, `settings.${name}`, `is one of ${values.join(', ')}, not "${given}"`)
  return known
}

function flag(system: ConfiguredSystem, name: string): boolean {
  return choice(system, name, ['true', 'false']) === 'true'
}

function secondsOf(system: ConfiguredSystem): number {
  const text = system.settings['timeoutSeconds'] ?? '300'
  if (!/^[1-9]\d{0,3}$/.test(text)) throw wrong(system, 'settings.timeoutSeconds', 'is a whole number from 1 to 9999')
  return Number(text)
}

function credentialsOf(system: ConfiguredSystem): Readonly<Record<string, string>> {
  const { secrets } = system
  const { username, password } = secrets
  if ((username === undefined) !== (password === undefined)) {
    throw wrong(system, 'secrets', 'username and password go together')
  }
  const basic = username && password ? Buffer.from(`${username}:${password}`).toString('base64') : null
  const headers = Object.entries(secrets)
    .filter(([name]) => name.startsWith(HEADER_SECRET))
    .map(([name, value]) => [name.slice(HEADER_SECRET.length).toLowerCase(), value] as const)
  return { ...(basic === null ? {} : { authorization: `Basic ${basic}` }), ...Object.fromEntries(headers) }
}

function formOf(system: ConfiguredSystem): FeedForm {
  const { settings } = system
  const { delimiter = ',', quote = '"' } = settings
  const one = delimiter === 'tab' ? '\t' : delimiter
  if (one.length !== 1) throw wrong(system, 'settings.delimiter', 'is one character, or tab')
  if (quote.length !== 1 && quote !== 'none') throw wrong(system, 'settings.quote', 'is one character, or none')
  const lastLineBreak = choice(system, 'lastLineBreak', ['required', 'optional'])
  const named = new Set(columnNames.filter((name) => settings[`columns.${name}`] !== undefined))
  return {
    format: choice(system, 'format', formats),
    csv: { delimiter: one, quote: quote === 'none' ? null : quote, endsWithLineBreak: lastLineBreak !== 'optional' },
    items: settings['items'] ?? '',
    columns: columnsOf(settings, named),
    named,
    separator: settings['separator'] ?? null,
  }
}

/** Names of the feed's columns, several parted by a vertical bar. Ours by default; media type and roles have no column then. */
function columnsOf(settings: ConfiguredSystem['settings'], named: ReadonlySet<ColumnName>): Columns {
  const byDefault: readonly ColumnName[] = ['sku', 'position', 'label', 'role']
  const urlByDefault = !roles.some((role) => named.has(role))
  const entries = columnNames.map((name): readonly [ColumnName, readonly string[]] => {
    const given = settings[`columns.${name}`]?.split('|').map((column) => column.trim())
    const usual = byDefault.includes(name) || (name === 'url' && urlByDefault) ? [name] : []
    return [name, given ?? usual]
  })
  return Object.fromEntries(entries) as Columns
}
