/** The ids of gob's own types. Source: contract/gateway.md section 5.1. */
export const GobType = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, string: 6 } as const;

/** A field of a struct as the struct's definition tells it. */
export interface GobField {
  readonly name: string;
  /** One of GobType, or an id of a type that the sender defined. */
  readonly type: number;
}
