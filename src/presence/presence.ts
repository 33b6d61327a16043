import { Injectable } from '@nestjs/common';

/** A user's platforms with at least one connection, ascending. */
export type OnlinePlatforms = ReadonlyMap<string, readonly number[]>;

/** Who is connected where. Kept by whoever owns the connections; asked by REST. */
@Injectable()
export class Presence {
  private readonly connections = new Map<string, Map<string, number>>();

  /** A connection of a user opened on a platform. */
  connected(userID: string, platformID: number, connectionID: string): void {
    const mine = this.connections.get(userID) ?? new Map<string, number>();
    this.connections.set(userID, mine.set(connectionID, platformID));
  }

  /** A connection closed. Closing one twice is no error. */
  disconnected(userID: string, connectionID: string): void {
    const mine = this.connections.get(userID);
    mine?.delete(connectionID);
    if (mine?.size === 0) this.connections.delete(userID);
  }

  /** Platforms of the users that are online; who is offline or unknown is missing. */
  async onlinePlatforms(userIDs: readonly string[]): Promise<OnlinePlatforms> {
    const online = new Map<string, number[]>();
    for (const userID of userIDs) {
      const mine = this.connections.get(userID);
      if (mine)
        online.set(
          userID,
          [...new Set(mine.values())].sort((a, b) => a - b),
        );
    }
    return online;
  }
}
