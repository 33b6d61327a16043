// The load process: clients, and what they do when the runner says so.
import { answerCalls } from '../frame/remote.js';
import type { Login } from '../client/connection.js';
import { chatInPairs, type ChatPlan } from './chat.js';
import { askAsFastAsAnswered, type AskPlan } from './ask.js';
import { Crowd } from './crowd.js';
import { fanOut, type FanOutPlan } from './fan-out.js';
import { post, type PostPlan } from './post.js';
import { sendAsFastAsAnswered, type RushPlan } from './rush.js';

const crowd = new Crowd();

const calls = {
  connect: (port: number, logins: Login[]) => crowd.connect(port, logins),
  pingAll: () => crowd.pingAll(),
  beat: () => crowd.beat(),
  rest: () => crowd.rest(),
  /** How many connections the server ended so far, and what it said last. */
  losses: () => ({ lost: crowd.lost, reason: crowd.lastReason }),
  fanOut: (plan: FanOutPlan) => fanOut(crowd, plan),
  chat: (plan: ChatPlan) => chatInPairs(crowd, plan),
  ask: (plan: AskPlan) => askAsFastAsAnswered(crowd, plan),
  post: (plan: PostPlan) => post(plan),
  rush: (plan: RushPlan) => sendAsFastAsAnswered(crowd, plan),
};

export type LoadCalls = typeof calls;

answerCalls(calls);
