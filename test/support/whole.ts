/** A value of `T` with every optional field, at any depth: what is added later does not compile before a test has it. */
export type Whole<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer One)[]
    ? readonly Whole<One>[]
    : { readonly [K in keyof T]-?: Whole<Exclude<T[K], undefined>> };
