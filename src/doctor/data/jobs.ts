import { JobState } from '../../messaging/sending/send-job.entity.js';
import type { Area } from '../check.js';
import { rule } from './rule.js';


/** Source: `SendJobs`, `SendStatuses`. */
export const JOBS: Area = {
  title: 'Messages to everybody',
  checks: [
    rule({
      name: 'jobs.states',
      title: 'what a job has done fits its state',
      broken: `
        SELECT id, state, done, failed FROM im_jobs WHERE failed > done OR NOT (CASE state
          WHEN '${JobState.waiting}' THEN done = 0 AND bookmark = '' AND startTime = 0 AND endTime = 0 AND payload <> ''
          WHEN '${JobState.running}' THEN startTime > 0 AND endTime = 0 AND payload <> ''
          WHEN '${JobState.finished}' THEN endTime > 0 AND payload = ''
          ELSE 0 END)`,
      advice: 'Delete the job, and send the message again with the same clientMsgID: nobody gets it twice.',
    }),
    rule({
      name: 'jobs.receipts',
      title: 'receipts of requests are whole hashes',
      broken: 'SELECT userID, sentAt, batchID FROM im_sent_requests WHERE LENGTH(operationHashes) % 33 <> 32',
      advice: 'Delete the rows; they are kept for a day only.',
    }),
  ],
};
