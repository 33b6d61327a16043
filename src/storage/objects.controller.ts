import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImSettings } from '../core/settings.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { FormsService, type InitiatedForm, type InitiateForm } from './forms.service.js';
import { ObjectAccess } from './object-access.js';
import type { PartLimits, SignedPart } from './object-store.js';
import { type Arrival, ArrivedAt, baseOf, objectUrl } from './public-address.js';
import { type CompleteUpload, type InitiatedUpload, type InitiateUpload, StorageService } from './storage.service.js';
import type { AccessUrl, AuthSign } from './wire/v3-requests.js';
import {
  accessUrlV3,
  authSignV3,
  completeFormDataV3,
  completeMultipartUploadV3,
  initiateFormDataV3,
  initiateMultipartUploadV3,
  partLimitV3,
  partSizeV3,
} from './wire/v3.js';

/** How long `access_url` lets somebody look. Source: contract/v3/object-and-third.md "access_url". */
const ACCESS_MS = 7 * 24 * 3_600_000;

@ImController('object')
export class ObjectsController {
  constructor(
    private readonly storage: StorageService,
    private readonly forms: FormsService,
    private readonly access: ObjectAccess,
    private readonly settings: ImSettings,
  ) {}

  @ImCall({ path: 'object/part_limit', summary: 'Tells the bounds of parts', v3: partLimitV3, by: 'token' })
  async partLimit(): Promise<PartLimits> {
    return this.storage.limits;
  }

  @ImCall({
    path: 'object/part_size',
    summary: 'Tells the size of the parts of an object',
    v3: partSizeV3,
    by: 'token',
  })
  async partSize(@Input() size: number): Promise<number> {
    return this.storage.partSize(size);
  }

  @ImCall({
    path: 'object/initiate_multipart_upload',
    summary: 'Begins an upload, or names content that is there already',
    v3: initiateMultipartUploadV3,
    by: 'token',
  })
  async initiate(
    @Input() wanted: InitiateUpload,
    @CurrentActor() actor: Actor,
    @ArrivedAt() arrival: Arrival,
  ): Promise<{ url: string; upload?: InitiatedUpload }> {
    const base = this.base(arrival);
    const upload = await this.storage.initiate(wanted, actor, base);
    return { url: objectUrl(base, wanted.name), ...(upload ? { upload } : {}) };
  }

  @ImCall({ path: 'object/auth_sign', summary: 'Signs parts of an upload', v3: authSignV3, by: 'token' })
  authSign(
    @Input() parts: AuthSign,
    @CurrentActor() actor: Actor,
    @ArrivedAt() arrival: Arrival,
  ): Promise<SignedPart[]> {
    return this.storage.signParts(parts, actor, this.base(arrival));
  }

  @ImCall({
    path: 'object/complete_multipart_upload',
    summary: 'Puts the parts of an upload together under a name',
    v3: completeMultipartUploadV3,
    by: 'token',
  })
  async complete(
    @Input() done: CompleteUpload,
    @CurrentActor() actor: Actor,
    @ArrivedAt() arrival: Arrival,
  ): Promise<string> {
    await this.storage.complete(done, actor);
    return objectUrl(this.base(arrival), done.name);
  }

  @ImCall({
    path: 'object/access_url',
    summary: 'Gives a URL to load an object, or a smaller picture of it',
    v3: accessUrlV3,
    by: 'token',
  })
  async accessUrl(
    @Input() { name, query }: AccessUrl,
    @ArrivedAt() arrival: Arrival,
  ): Promise<{ url: string; expireTime: number }> {
    const expireTime = Date.now() + ACCESS_MS;
    return { url: await this.access.url(name, query, expireTime, this.base(arrival)), expireTime };
  }

  @ImCall({
    path: 'object/initiate_form_data',
    summary: 'Begins an upload by an HTML form',
    v3: initiateFormDataV3,
    by: 'token',
  })
  initiateForm(
    @Input() wanted: InitiateForm,
    @CurrentActor() actor: Actor,
    @ArrivedAt() arrival: Arrival,
  ): Promise<InitiatedForm> {
    return this.forms.initiate(wanted, actor, this.base(arrival));
  }

  @ImCall({
    path: 'object/complete_form_data',
    summary: 'Gives the file of a form its name',
    v3: completeFormDataV3,
    by: 'token',
  })
  async completeForm(
    @Input() id: string,
    @CurrentActor() actor: Actor,
    @ArrivedAt() arrival: Arrival,
  ): Promise<string> {
    return objectUrl(this.base(arrival), await this.forms.complete(id, actor));
  }

  private base(arrival: Arrival): string {
    return baseOf(arrival, this.settings.publicUrl);
  }
}
