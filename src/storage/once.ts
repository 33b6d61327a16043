/** Work that is done once for all who ask for it at the same time, and again for who asks later. */
export class Once<T> {
  private readonly underWay = new Map<string, Promise<T>>();

  run(key: string, work: () => Promise<T>): Promise<T> {
    const result = this.underWay.get(key) ?? work().finally(() => this.underWay.delete(key));
    this.underWay.set(key, result);
    return result;
  }
}
