import type { NodeKind } from '../node.ts';
import { branch } from './branch.ts';
import { callback } from './callback.ts';
import { closure } from './closure.ts';
import { collect } from './collect.ts';
import { hangup } from './hangup.ts';
import { hours } from './hours.ts';
import { identify } from './identify.ts';
import { menu } from './menu.ts';
import { play } from './play.ts';
import { queue } from './queue.ts';
import { request } from './request.ts';
import { returnNode } from './return.ts';
import { set } from './set.ts';
import { speech } from './speech.ts';
import { subflow } from './subflow.ts';
import { survey } from './survey.ts';
import { transfer } from './transfer.ts';
import { verify } from './verify.ts';
import { voicemail } from './voicemail.ts';

/** Every kind of node that a flow can be made of. */
export const NODE_KINDS: readonly NodeKind[] = [
  play,
  menu,
  collect,
  identify,
  verify,
  hours,
  closure,
  branch,
  set,
  request,
  subflow,
  returnNode,
  queue,
  callback,
  voicemail,
  survey,
  transfer,
  hangup,
  speech,
];
