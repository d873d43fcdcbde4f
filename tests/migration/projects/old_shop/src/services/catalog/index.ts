import products from './products.json'
import { Currency } from './currency'

export { Currency }
export type { Product } from './product'

export const find = (sku: string) => products.find((product) => product.sku === sku)
export const all = () => products
