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
import { character } from '../kit/character.ts'
import { type ConnectableSystem, settingError } from '../kit/configured-system.ts'
import { type ImageColumn, imageColumns, roles } from '../kit/gallery-rows.ts'
import type { ImageFeedSettings } from './client.ts'
import { type FeedForm, formats } from './parse.ts'
import type { Columns } from './rows.ts'

/** The unit in which a feed is counted: sizes counted in another unit must not be compared. */
const WHAT_COUNTS = 'rows with an address'

/** Prefix of secrets that are sent as headers with every request for the feed. */
const HEADER_SECRET = 'header.'

/** A YAML list, or one text separated by vertical bars. */
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
  'columns.url': column('columns of addresses; url by default, or none if a role has a column'),
  'columns.position': column('column of the position; position by default'),
  'columns.label': column('column of the label; label by default'),
  'columns.role': column('column of the roles; role by default'),
  'columns.media_type': column('column of the media type'),
  'columns.image': column('column with the address of the image of this role'),
  'columns.small_image': column('column with the address of the image of this role'),
  'columns.thumbnail': column('column with the address of the image of this role'),
  'columns.swatch_image': column('column with the address of the image of this role'),
} satisfies Record<`columns.${ImageColumn}`, Setting<readonly string[] | null>>

export const settings = {
  path: setting(text(), { description: 'path of the feed, if the address is only a host' }),
  format: setting(choice(formats), {
    description: 'format of the feed; by default detected from media type or content',
  }),
  encoding: setting(text({ expected: 'an encoding, such as utf-8 or latin1' }), {
    description: 'encoding of the feed; by default as declared by the feed, else UTF-8',
  }),
  delimiter: setting(character('tab'), { default: ',', description: 'separator of CSV cells' }),
  quote: setting(character('none'), { default: '"', description: 'quote character of CSV cells' }),
  lastLineBreak: setting(choice(['required', 'optional']), {
    default: 'required',
    description: 'optional: a CSV file without a final line break counts as complete',
  }),
  items: setting(text({ expected: 'a path, such as products.images' }), {
    default: '',
    defaultText: "the list, the root's children",
    description: 'path to the rows in JSON and XML',
  }),
  separator: setting(text(), { description: 'separator of several addresses in one cell' }),
  mostOddPercent: setting(whole({ minimum: 0, maximum: 100 }), {
    default: 20,
    description: 'maximum percentage of odd rows; a feed with more is rejected',
  }),
  ...columns,
  passingParameters: setting(list(text(), 'names of parameters'), {
    default: [],
    description:
      'address parameters that do not identify the picture, such as those of a signature; X-Amz-* matches several',
  }),
  checkLinks: setting(flag, {
    default: false,
    description: 'check for every address whether there is an image, and whether it is still the same',
  }),
  checkLinksHours: setting(whole({ minimum: 1, maximum: 8760 }), {
    default: 168,
    description: 'hours after which an address that had an image is checked again',
  }),
  allowPrivateAddresses: setting(flag, {
    default: false,
    description: 'no longer has an effect: the operator allows private networks (ALLOWED_PRIVATE_NETWORKS)',
  }),
  timeoutSeconds: setting(whole({ minimum: 1, maximum: 9999 }), {
    default: 300,
    description: 'maximum seconds for the whole download',
  }),
}

export type ImageFeedValues = ValuesOf<typeof settings>

export const secrets = {
  ways: [{}, { username: 'user name for HTTP Basic', password: 'the password' }],
  headers: true,
} as const

export function addressProblem(address: string): string | null {
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    return "must be the feed's http or https address"
  }
  const { username, password } = new URL(address)
  if (username === '' && password === '') return null
  return 'contains a user name or password; set them as the secrets username and password'
}

/** `settings.path`, if given, is resolved against the address. Throws `configuration_invalid` with the setting. */
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
    throw settingError(system, 'image-feed', 'secrets', 'need both username and password, or neither')
  }
  const basic = username && password ? Buffer.from(`${username}:${password}`).toString('base64') : null
  const headers = Object.entries(system.secrets)
    .filter(([name]) => name.startsWith(HEADER_SECRET))
    .map(([name, value]) => [name.slice(HEADER_SECRET.length).toLowerCase(), value] as const)
  return { ...(basic === null ? {} : { authorization: `Basic ${basic}` }), ...Object.fromEntries(headers) }
}

function formOf(values: ImageFeedValues): FeedForm {
  const { delimiter, quote, lastLineBreak, format, items, separator } = values
  const named = new Set(imageColumns.filter((name) => values[`columns.${name}`] !== null))
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

/** Names of the feed's columns; by default Waldstream's names, and no columns for media type and roles. */
function columnsOf(values: ImageFeedValues, named: ReadonlySet<ImageColumn>): Columns {
  const byDefault: readonly ImageColumn[] = ['sku', 'position', 'label', 'role']
  const urlByDefault = !roles.some((role) => named.has(role))
  const entries = imageColumns.map((name): readonly [ImageColumn, readonly string[]] => {
    const usual = byDefault.includes(name) || (name === 'url' && urlByDefault) ? [name] : []
    return [name, values[`columns.${name}`] ?? usual]
  })
  return Object.fromEntries(entries) as Columns
}
