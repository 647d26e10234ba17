import {
  choice,
  flag,
  list,
  type Setting,
  setting,
  text,
  type ValueKind,
  type ValuesOf,
  whole,
} from '../../configuration/setting.ts'
import { digest } from '../../events/identity.ts'
import { type ConnectableSystem, settingError } from '../kit/configured-system.ts'
import type { ImageFeedSettings } from './client.ts'
import { type FeedForm, formats } from './parse.ts'
import { type ColumnName, type Columns, columnNames, roles } from './rows.ts'

/** What of a feed is counted: how much there was by another measure says nothing of it. */
const WHAT_COUNTS = 'rows with an address'

/** Secrets so named are headers that every request for the feed has. */
const HEADER_SECRET = 'header.'

/** One character, or a word for what can't be written as one. */
const character = (word: string): ValueKind<string> => ({
  ...text({ expected: `one character, or ${word}` }),
  parse: (given) => (typeof given === 'string' && (given.length === 1 || given === word) ? given : undefined),
})

/** A list of YAML, or the same in one text with vertical bars between. */
const names: ValueKind<readonly string[]> = {
  expected: 'the name of a column, or several as a list or separated by a vertical bar',
  schema: list(text(), '').schema,
  parse(given) {
    const all = Array.isArray(given) ? given : typeof given === 'string' ? given.split('|') : [given]
    const columns = all.map((one) => String(one).trim())
    return all.every((one) => typeof one === 'string' || typeof one === 'number') ? columns : undefined
  },
}

const column = (description: string) => setting(names, { description })

const columns = {
  'columns.sku': column('column of the SKU; sku by default'),
  'columns.url': column('columns of addresses; url by default, none where a role has a column'),
  'columns.position': column('column of the position; position by default'),
  'columns.label': column('column of the label; label by default'),
  'columns.role': column('column of the roles; role by default'),
  'columns.media_type': column('column of the media type'),
  'columns.image': column('column with the address of the image of this role'),
  'columns.small_image': column('column with the address of the image of this role'),
  'columns.thumbnail': column('column with the address of the image of this role'),
  'columns.swatch_image': column('column with the address of the image of this role'),
} satisfies Record<`columns.${ColumnName}`, Setting<readonly string[] | null>>

export const settings = {
  path: setting(text(), { description: 'taken from the address, where that is a reference to a host alone' }),
  format: setting(choice(formats), { description: 'format of the feed; by media type or beginning by default' }),
  encoding: setting(text({ expected: 'an encoding, such as utf-8 or latin1' }), {
    description: 'encoding of the feed; as it says itself by default, else UTF-8',
  }),
  delimiter: setting(character('tab'), { default: ',', description: 'what separates the cells of CSV' }),
  quote: setting(character('none'), { default: '"', description: 'what quotes the cells of CSV' }),
  lastLineBreak: setting(choice(['required', 'optional']), {
    default: 'required',
    description: 'optional: a CSV file without a line break at its end counts as whole',
  }),
  items: setting(text({ expected: 'a path, such as products.images' }), {
    default: '',
    defaultText: "the list, the root's children",
    description: 'path to the rows of JSON and XML',
  }),
  separator: setting(text(), { description: 'what separates several addresses in one cell' }),
  mostOddPercent: setting(whole({ minimum: 0, maximum: 100 }), {
    default: 20,
    description: 'rows of a hundred that may be odd; a feed with more of them is refused',
  }),
  ...columns,
  passingParameters: setting(list(text(), 'names of parameters'), {
    default: [],
    description:
      'parameters of addresses that say nothing of the picture, such as those of a signature; X-Amz-* stands for several',
  }),
  checkLinks: setting(flag, {
    default: false,
    description: 'ask every address whether there is an image, and whether it is still the same',
  }),
  checkLinksHours: setting(whole({ minimum: 1, maximum: 8760 }), {
    default: 168,
    description: 'hours after which an address that had an image is asked again',
  }),
  allowPrivateAddresses: setting(flag, {
    default: false,
    description: 'has no effect any more: the operator allows private networks (ALLOWED_PRIVATE_NETWORKS)',
  }),
  timeoutSeconds: setting(whole({ minimum: 1, maximum: 9999 }), {
    default: 300,
    description: 'seconds that the whole download may take',
  }),
}

export type ImageFeedValues = ValuesOf<typeof settings>

export const secrets = {
  ways: [{}, { username: 'user of HTTP Basic', password: 'the password' }],
  headers: true,
} as const

export function addressProblem(address: string): string | null {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    return "must be the feed's http or https address"
  }
  const { username, password } = new URL(address)
  if (username === '' && password === '') return null
  return 'holds a name or password; give them as the secrets username and password'
}

/** `settings.path`, where given, is taken from the address. Throws `configuration_invalid`, naming the setting. */
export function clientSettings(system: ConnectableSystem<ImageFeedValues>): ImageFeedSettings {
  const { address, settings: values, limits } = system
  const path = values.path ?? ''
  const place = URL.canParse(path, address) ? new URL(path, address).href : ''
  const problem = addressProblem(place)
  if (problem !== null) throw settingError(system, 'image-feed', 'address', problem)
  return {
    url: place,
    id: digest(place, JSON.stringify(Object.entries(system.given).toSorted()), WHAT_COUNTS),
    limits,
    credentials: credentialsOf(system),
    encoding: values.encoding,
    passingParameters: values.passingParameters,
    checkLinksMs: values.checkLinks ? values.checkLinksHours * 3_600_000 : null,
    timeoutMs: values.timeoutSeconds * 1000,
    form: formOf(values),
  }
}

function credentialsOf(system: ConnectableSystem<ImageFeedValues>): Readonly<Record<string, string>> {
  const { username, password } = system.secrets
  if ((username === undefined) !== (password === undefined)) {
    throw settingError(system, 'image-feed', 'secrets', 'username and password go together')
  }
  const basic = username && password ? Buffer.from(`${username}:${password}`).toString('base64') : null
  const headers = Object.entries(system.secrets)
    .filter(([name]) => name.startsWith(HEADER_SECRET))
    .map(([name, value]) => [name.slice(HEADER_SECRET.length).toLowerCase(), value] as const)
  return { ...(basic === null ? {} : { authorization: `Basic ${basic}` }), ...Object.fromEntries(headers) }
}

function formOf(values: ImageFeedValues): FeedForm {
  const { delimiter, quote, lastLineBreak, format, items, separator } = values
  const named = new Set(columnNames.filter((name) => values[`columns.${name}`] !== null))
  return {
    format,
    csv: {
      delimiter: delimiter === 'tab' ? '\t' : delimiter,
      quote: quote === 'none' ? null : quote,
      endsWithLineBreak: lastLineBreak !== 'optional',
    },
    items,
    columns: columnsOf(values, named),
    named,
    separator,
    mostOdd: values.mostOddPercent / 100,
  }
}

/** Names of the feed's columns. Ours by default; media type and roles have no column then. */
function columnsOf(values: ImageFeedValues, named: ReadonlySet<ColumnName>): Columns {
  const byDefault: readonly ColumnName[] = ['sku', 'position', 'label', 'role']
  const urlByDefault = !roles.some((role) => named.has(role))
  const entries = columnNames.map((name): readonly [ColumnName, readonly string[]] => {
    const usual = byDefault.includes(name) || (name === 'url' && urlByDefault) ? [name] : []
    return [name, values[`columns.${name}`] ?? usual]
  })
  return Object.fromEntries(entries) as Columns
}
