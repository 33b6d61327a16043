import { Injectable } from '@nestjs/common';
import { GroupsService, type GroupSummary } from './groups.service.js';

/** Stands in until the branch groups-query is merged, which has this class. */
@Injectable()
export class GroupQueries {
  constructor(private readonly groups: GroupsService) {}

  async find(groupIDs: readonly string[]): Promise<GroupSummary[]> {
    const found: GroupSummary[] = [];
    for (const groupID of new Set(groupIDs)) {
      const group = await this.groups.find(groupID);
      if (group) found.push(await this.groups.summarize(group));
    }
    return found;
  }
}
