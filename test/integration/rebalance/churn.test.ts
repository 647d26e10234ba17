import { it } from 'vitest'
import { expectNothingLost } from './churn.ts'

it('workers that come and go under load lose nothing and keep the order of every key', () => expectNothingLost(1))
