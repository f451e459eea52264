import Type, { type Static } from 'typebox';
import { MapOf } from '../../lib/map-schema.ts';
import { patterned } from '../patterned.ts';
import { PromptRefs, RecordingName } from '../prompt-schema.ts';

const NodeName = Type.String({ minLength: 1 });
const Template = Type.String({ maxLength: 2_000 });
const Templates = MapOf(Template, { maxProperties: 50 });
/** No places and no user in the part that says where: what a caller types never chooses the host. */
const URL_FORM = '^https?://[A-Za-z0-9.:\\[\\]-]+(/[^\\s#]*)?$';

export const Request = Type.Object(
  {
    type: Type.Literal('request'),
    url: patterned(
      URL_FORM,
      'an address such as https://erp.example.com/v1/orders/{variables.pedido}, with places only after the host',
      { maxLength: 2_000 },
    ),
    method: Type.Optional(Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { default: 'GET' })),
    query: Type.Optional(Templates),
    headers: Type.Optional(Templates),
    body: Type.Optional(Type.Unknown({ description: 'Sent as JSON; texts in it are templates.' })),
    form: Type.Optional(Templates),
    limitMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 15_000, default: 3_000 })),
    retries: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 3,
        description: 'Within the limit. 1 unless given; for POST and PATCH 0.',
      }),
    ),
    cacheSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400, default: 0 })),
    set: Type.Optional(
      MapOf(
        patterned('^(/([^~/]|~[01])*)*$', 'a JSON Pointer into the answer, such as /order/status'),
        {
          maxProperties: 50,
          description: 'Variables by name; each is a JSON Pointer into the answer.',
        },
      ),
    ),
    waiting: Type.Optional(PromptRefs),
    music: Type.Optional(RecordingName),
    next: NodeName,
    failed: NodeName,
    onStatus: Type.Optional(
      MapOf(NodeName, {
        description: 'Ways for what is not 2xx: `404`, or a whole class: `4xx`.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Request = Static<typeof Request>;

export const LIMIT_MS = 3_000;
