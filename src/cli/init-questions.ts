import { IS_SYSTEM_ADDRESS } from '../configuration/schema-parts.ts'
import {
  requiredSettings,
  type StartingPoint,
  type StartingSystem,
  shopTypes,
  vendorTypes,
} from '../configuration/start-folder/starting-point.ts'
import type { SystemType } from '../configuration/system-type.ts'
import { unknownName } from '../configuration/unknown-name.ts'
import { toStreamError } from '../errors.ts'
import { compilePattern } from '../rules/pattern.ts'
import { systemTypes } from '../systems/systems.ts'
import { isoOption } from './arguments.ts'
import type { Question, Questions } from './questions.ts'
import { UsageError } from './usage-error.ts'

type Named = Readonly<Record<string, string | undefined>>

/** Answers given on the command line. */
export interface StartingAnswers {
  /** By name of the option. */
  readonly given: Named
  /** `vendor.account=1234567` */
  readonly set: readonly string[]
}

/** Gets an answer from an option or a question. */
type Answer = (option: string, question: Question) => Promise<string>

/** Throws a UsageError for a wrong answer, or for a missing one if questions are not possible. */
export async function askStartingPoint(
  { given, set }: StartingAnswers,
  questions: Questions | null,
): Promise<Omit<StartingPoint, 'secretPrefix'>> {
  const settings = settingsOf(set)
  const answer: Answer = async (option, question) => {
    const text = given[option]
    const wrong = text === undefined ? null : question.problem(text)
    if (wrong !== null) throw new UsageError(`--${option} "${text}" ${wrong}`)
    if (text !== undefined) return text
    if (questions !== null) return await questions.ask(question)
    if (question.usual !== null) return question.usual
    throw new UsageError(`--${option} is missing: ${question.text}`)
  }
  const setting: Answer = async (name, question) => {
    const text = settings.get(name)
    const wrong = text === undefined ? null : question.problem(text)
    if (wrong !== null) throw new UsageError(`--set ${name}: "${text}" ${wrong}`)
    if (text !== undefined) return text
    if (questions !== null) return await questions.ask(question)
    throw new UsageError(`--set ${name}=… is missing: ${question.text}`)
  }
  const shop = await systemOf('shop', shopTypes(systemTypes), answer, setting)
  const vendor = await systemOf('vendor', vendorTypes(systemTypes), answer, setting)
  if (shop.id === vendor.id)
    throw new UsageError(`--vendor-id "${vendor.id}" is also the id of the shop; choose another id`)
  const asked = [shop, vendor].flatMap(({ type }, index) =>
    requiredSettings(type).map((name) => `${index === 0 ? 'shop' : 'vendor'}.${name}`),
  )
  const unknown = [...settings.keys()].find((name) => !asked.includes(name))
  if (unknown !== undefined) throw new UsageError(`--set ${unknown} ${unknownName(unknown, asked)}`)
  const usual = `${shop.id}-${vendor.id}`.slice(0, LONGEST_ID)
  const connection = await answer('connection', { text: 'id of the connection', usual, problem: idProblem })
  const skuPattern = await skuPatternOf(vendor.type, given, answer)
  const wrong = skuPattern === null ? null : patternProblem(skuPattern)
  if (wrong !== null) throw new UsageError(`--sku-pattern ${wrong}`)
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  const ordersFrom = isoOption('orders-from', given['orders-from']) ?? now
  return { shop, vendor, connection, skuPattern, ordersFrom }
}

/** Null: the vendor owns the SKUs in its feed of products. A vendor whose products are not read needs a pattern. */
async function skuPatternOf({ title, reads }: SystemType, given: Named, answer: Answer): Promise<string | null> {
  if (reads.products !== undefined) return given['sku-pattern'] ?? null
  return await answer('sku-pattern', {
    text: `regular expression on the vendor's SKUs, such as ^ACM-, because no products are read from ${title}`,
    usual: null,
    problem: patternProblem,
  })
}

async function systemOf(
  end: 'shop' | 'vendor',
  types: readonly SystemType[],
  answer: Answer,
  setting: Answer,
): Promise<StartingSystem> {
  const names = types.map(({ type }) => type)
  const chosen = await answer(end, {
    text: `type of the ${end}: ${types.map(({ type, title }) => `${type} (${title})`).join(', ')}`,
    usual: null,
    problem: (text) => (names.includes(text) ? null : unknownName(text, names)),
  })
  const type = types.find((one) => one.type === chosen)
  if (type === undefined) throw new Error(`${chosen} was checked to be a type`)
  const id = await answer(`${end}-id`, { text: `id of the ${end}`, usual: end, problem: idProblem })
  const address = await answer(`${end}-address`, {
    text: type.answersByLink
      ? 'e-mail address of the vendor, such as mailto:orders@vendor.example.com'
      : `address of ${end === 'shop' ? 'the shop' : "the vendor's ERP"}, such as https://${end}.example.com`,
    usual: null,
    problem: (text) => (isReference(text) ? null : (addressProblem(text) ?? type.addressProblem(text))),
  })
  const secrets = await signInOf(end, type, answer)
  const settings: Record<string, string> = {}
  for (const name of requiredSettings(type)) {
    const declared = type.settings[name]
    settings[name] = await setting(`${end}.${name}`, {
      text: `${name} of ${type.title}: ${declared?.description}`,
      usual: null,
      problem: (text) => (declared?.read(text).ok === true ? null : `must be ${declared?.expected}`),
    })
  }
  return { id, type, address, secrets, settings }
}

/** Secret names of the way to sign in that contains the given secret; asks if there are several ways. */
async function signInOf(end: string, { secrets }: SystemType, answer: Answer): Promise<readonly string[]> {
  const ways = secrets.ways.map((way) => Object.keys(way))
  const [usual = []] = ways
  if (ways.length < 2) return usual
  const firsts = ways.map((names) => names[0] ?? '')
  const chosen = await answer(`${end}-sign-in`, {
    text: `how to sign in to the ${end}, by the first secret: ${ways.map((names) => names.join(' + ')).join(', or ')}`,
    usual: firsts[0] ?? null,
    problem: (text) => (ways.flat().includes(text) ? null : unknownName(text, ways.flat())),
  })
  return ways.find((names) => names.includes(chosen)) ?? usual
}

const LONGEST_ID = 40

function idProblem(text: string): string | null {
  if (text === 'constructor') return 'must not be constructor'
  return /^[a-z0-9-]{1,40}$/.test(text) ? null : 'must be 1 to 40 of a-z, 0-9 and -'
}

function isReference(text: string): boolean {
  return /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text)
}

function addressProblem(text: string): string | null {
  const isAddress = IS_SYSTEM_ADDRESS.test(text) && URL.canParse(text)
  return isAddress ? null : 'must be an address such as https://host, or env:NAME of a variable with one'
}

function patternProblem(text: string): string | null {
  try {
    compilePattern(text)
    return null
  } catch (error) {
    return toStreamError(error).message
  }
}

function settingsOf(set: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    set.map((text) => {
      const at = text.indexOf('=')
      if (at < 1) throw new UsageError(`--set must be like vendor.account=1234567, not "${text}"`)
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}
