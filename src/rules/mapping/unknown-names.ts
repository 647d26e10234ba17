import jsonata from 'jsonata'
import { nearName, unknownName } from '../../configuration/unknown-name.ts'
import { type FieldType, OPEN, type RecordType, VALUE } from '../event-fields.ts'
import { exactFunctionNames } from './exact-functions.ts'

/** JSONata's own functions. Refused ones are reported when the expression is compiled. */
export const jsonataFunctions: readonly string[] = (
  'abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent ' +
  'distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber ' +
  'fromMillis join keys length lookup lowercase map match max merge millis min not now number pad parseInteger power ' +
  'random reduce replace reverse round shuffle sift single sort split spread sqrt string substring substringAfter ' +
  'substringBefore sum toMillis trim type uppercase zip'
).split(' ')

/** Functions that return members of their first argument, or all of them. */
const GIVE_MEMBERS: readonly string[] = ['filter', 'single', 'sort', 'reverse', 'distinct', 'shuffle']
/** Functions whose callback receives members of the first argument: number of such parameters. */
const TAKE_MEMBERS: Readonly<Record<string, number>> = { map: 1, filter: 1, single: 1, sort: 2 }

/** A node of JSONata's syntax tree; each kind has some of these fields. */
interface Node {
  readonly type: string
  readonly value?: unknown
  readonly position?: number
  readonly steps?: readonly Node[]
  readonly stages?: readonly { readonly expr?: Node }[]
  readonly predicate?: readonly { readonly expr?: Node }[]
  readonly group?: { readonly lhs: readonly (readonly [Node, Node])[] }
  readonly focus?: string
  readonly index?: string
  readonly procedure?: Node
  readonly arguments?: readonly Node[]
  readonly body?: Node
  readonly expressions?: readonly Node[]
  readonly expression?: Node
  readonly terms?: readonly { readonly expression: Node }[]
  readonly lhs?: Node | readonly (readonly [Node, Node])[]
  readonly rhs?: Node
  readonly condition?: Node
  readonly then?: Node
  readonly else?: Node
  readonly pattern?: Node
  readonly update?: Node
  readonly delete?: Node
}

type Variables = ReadonlyMap<string, FieldType>

/**
 * Unknown names in an expression: functions and variables that do not exist, and fields that the event's schema does
 * not have. If the type of a step is not known (`attributes`, results of functions), its names are not checked.
 */
export function unknownNames(expression: string, root: RecordType): readonly string[] {
  const walk = new Walk(root)
  walk.typeOf(jsonata(expression).ast() as unknown as Node, root, new Map())
  return [...new Set(walk.problems)]
}

class Walk {
  readonly problems: string[] = []
  readonly #root: RecordType

  constructor(root: RecordType) {
    this.#root = root
  }

  /** Type of the node in this context. Collects unknown names on the way. */
  typeOf(node: Node, context: FieldType, variables: Variables): FieldType {
    switch (node.type) {
      case 'path':
        return this.#path(node, context, variables)
      case 'name':
        return this.#field(node, context)
      case 'variable':
        return this.#variable(node, context, variables)
      case 'function':
      case 'partial':
        return this.#call(node, context, variables)
      case 'lambda':
        return this.#lambda(node, context, variables, OPEN)
      case 'block':
        return this.#block(node, context, variables)
      case 'condition':
        return this.#condition(node, context, variables)
      case 'bind':
        return node.rhs === undefined ? OPEN : this.typeOf(node.rhs, context, variables)
      case 'unary':
        return this.#unary(node, context, variables)
      case 'transform':
        return this.#transform(node, context, variables)
      case 'binary':
      case 'apply':
        return this.#operands(node, context, variables)
      case 'string':
      case 'number':
      case 'value':
      case 'regex':
        return VALUE
      default:
        return OPEN
    }
  }

  #say({ position }: Node, problem: string): void {
    this.problems.push(position === undefined ? problem : `${problem} (at character ${position})`)
  }

  #field(node: Node, context: FieldType): FieldType {
    const within = membersOf(context)
    const name = String(node.value)
    if (within.kind === 'open') return OPEN
    if (within.kind === 'record') {
      const found = within.fields.get(name)
      if (found !== undefined) return found
      const what = within === this.#root ? 'the event' : within.name
      this.#say(
        node,
        `reads ${name}, a field that ${what} does not have: it ${unknownName(name, [...within.fields.keys()])}`,
      )
      return OPEN
    }
    this.#say(node, `reads ${name} of a single value, which has no fields`)
    return OPEN
  }

  #path({ steps = [], group }: Node, context: FieldType, outer: Variables): FieldType {
    let [type, variables] = [context, outer]
    for (const step of steps) {
      if (step.type === 'sort') {
        for (const { expression } of step.terms ?? []) this.typeOf(expression, type, variables)
        continue
      }
      const before = type
      type = this.typeOf(step, before, variables)
      if (step.focus !== undefined) variables = new Map([...variables, [step.focus, membersOf(type)]])
      if (step.index !== undefined) variables = new Map([...variables, [step.index, VALUE]])
      // With `@$name` the context stays where it was.
      if (step.focus !== undefined) type = before
      for (const { expr } of [...(step.stages ?? []), ...(step.predicate ?? [])]) {
        if (expr !== undefined) this.typeOf(expr, membersOf(type), variables)
      }
    }
    for (const pair of group?.lhs ?? []) for (const part of pair) this.typeOf(part, membersOf(type), variables)
    return group === undefined ? type : OPEN
  }

  #variable(node: Node, context: FieldType, variables: Variables): FieldType {
    const name = String(node.value)
    if (name === '') return context
    if (name === '$') return this.#root
    const bound = variables.get(name)
    if (bound !== undefined) return bound
    if (jsonataFunctions.includes(name) || exactFunctionNames.includes(name)) return OPEN
    const near = nearName(name, [...variables.keys(), ...jsonataFunctions, ...exactFunctionNames])
    const guess = near === undefined ? 'correct it, or bind it with :=' : `did you mean $${near}?`
    this.#say(node, `uses $${name}, which is neither a function nor a variable; ${guess}`)
    return OPEN
  }

  #call({ procedure, arguments: given = [] }: Node, context: FieldType, variables: Variables): FieldType {
    const name = procedure?.type === 'variable' ? String(procedure.value) : ''
    const bare = procedure?.type === 'path' && procedure.steps?.length === 1 ? procedure.steps[0] : undefined
    if (bare?.type === 'name' && membersOf(context).kind !== 'open') {
      this.#say(bare, `calls ${bare.value}, which is not a function; functions begin with $: $${bare.value}`)
    } else if (procedure !== undefined) this.typeOf(procedure, context, variables)
    const [first, ...rest] = given
    const members = first === undefined ? OPEN : membersOf(this.typeOf(first, context, variables))
    const taken = variables.has(name) ? undefined : TAKE_MEMBERS[name]
    const results = rest.map((one) =>
      one.type === 'lambda'
        ? this.#lambda(one, context, variables, taken === undefined ? OPEN : members, taken)
        : this.typeOf(one, context, variables),
    )
    if (variables.has(name)) return OPEN
    if (name === 'map') return results[0] ?? OPEN
    return GIVE_MEMBERS.includes(name) ? members : OPEN
  }

  /** Its first `count` parameters have the type `member`. */
  #lambda(
    { arguments: parameters = [], body }: Node,
    context: FieldType,
    variables: Variables,
    member: FieldType,
    count = 0,
  ): FieldType {
    const own = parameters.map(({ value }, index) => [String(value), index < count ? member : OPEN] as const)
    return body === undefined ? OPEN : this.typeOf(body, context, new Map([...variables, ...own]))
  }

  /** Names bound anywhere in a block may be used in its functions, which run later. */
  #block({ expressions = [] }: Node, context: FieldType, outer: Variables): FieldType {
    const variables = new Map(outer)
    for (const one of expressions) if (one.type === 'bind') variables.set(boundName(one), OPEN)
    let last: FieldType = OPEN
    for (const one of expressions) {
      last = this.typeOf(one, context, variables)
      if (one.type === 'bind') variables.set(boundName(one), last)
    }
    return last
  }

  #condition({ condition, then: right, else: wrong }: Node, context: FieldType, variables: Variables): FieldType {
    const typeOf = (part: Node | undefined) => (part === undefined ? OPEN : this.typeOf(part, context, variables))
    typeOf(condition)
    const given = typeOf(right)
    return wrong === undefined || typeOf(wrong) === given ? given : OPEN
  }

  #unary(node: Node, context: FieldType, variables: Variables): FieldType {
    for (const pair of isPairs(node.lhs) ? node.lhs : []) {
      for (const part of pair) this.typeOf(part, membersOf(context), variables)
    }
    const types = (node.expressions ?? []).map((one) => this.typeOf(one, context, variables))
    if (node.expression !== undefined) this.typeOf(node.expression, context, variables)
    if (node.value === '-') return VALUE
    return node.value === '[' && types.length === 1 ? (types[0] ?? OPEN) : OPEN
  }

  #transform({ pattern, update, delete: removed }: Node, context: FieldType, variables: Variables): FieldType {
    // The pattern applies to the transform's input, whose type is not known here.
    if (pattern !== undefined) this.typeOf(pattern, OPEN, variables)
    for (const part of [update, removed]) if (part !== undefined) this.typeOf(part, OPEN, variables)
    return context.kind === 'value' ? VALUE : OPEN
  }

  #operands({ type, lhs, rhs }: Node, context: FieldType, variables: Variables): FieldType {
    if (lhs !== undefined && !isPairs(lhs)) this.typeOf(lhs, context, variables)
    if (rhs !== undefined) this.typeOf(rhs, context, variables)
    return type === 'binary' ? VALUE : OPEN
  }
}

/** A path goes through lists by itself. */
function membersOf(type: FieldType): FieldType {
  return type.kind === 'list' ? membersOf(type.of) : type
}

function boundName({ lhs }: Node): string {
  return lhs === undefined || isPairs(lhs) ? '' : String(lhs.value)
}

function isPairs(lhs: Node['lhs']): lhs is readonly (readonly [Node, Node])[] {
  return Array.isArray(lhs)
}
