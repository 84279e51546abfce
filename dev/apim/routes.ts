// Every operation that the simulator knows: method and path below the service, with {} where an id stands.
import type { Call, Handler } from "./call.ts";
import { bodyFields } from "./call.ts";
import { getDelegation, listDelegationSecrets, patchDelegation, putDelegation } from "./delegation.ts";
import { getOperationResult } from "./delete-operations.ts";
import { deleteMember, headMember, listMembers, putMember } from "./group-members.ts";
import { deleteGroup, getGroup, listGroups, listGroupsOfUser, patchGroup, putGroup } from "./groups.ts";
import { deleteProductGroup, headProductGroup, listProductGroups, putProductGroup } from "./product-groups.ts";
import { deleteProduct, getProduct, listProducts, patchProduct, putProduct } from "./products.ts";
import { getService } from "./service.ts";
import { listSubscriptionSecrets, regenerateSubscriptionKey } from "./subscription-keys.ts";
import { namesOf, ownerOf } from "./subscription-rules.ts";
import {
  deleteSubscription,
  getSubscription,
  getSubscriptionOfUser,
  listSubscriptions,
  listSubscriptionsOfProduct,
  listSubscriptionsOfUser,
  patchSubscription,
  putSubscription,
} from "./subscriptions.ts";
import {
  getTenantAccess,
  listTenantAccess,
  listTenantSecrets,
  patchTenantAccess,
  regenerateTenantKey,
} from "./tenant-access.ts";
import { listIdentities, postPasswordMail, postSsoUrl, postToken } from "./user-tokens.ts";
import { deleteUser, getUser, listUsers, patchUser, putUser } from "./users.ts";

/** What a write locks while it is under way; two that share a lock collide. */
type Locks = (call: Call, id: string, secondId: string) => readonly string[];

export type Route = { readonly handler: Handler; readonly locks?: Locks };

const user: Locks = (_call, id) => [`user ${id}`];
const member: Locks = (_call, _groupId, userId) => [`user ${userId}`];
const product: Locks = (_call, id) => [`product ${id}`];
const owner: Locks = (call, id) => {
  const now = call.store.subscriptions.get(id)?.ownerId;
  const next = ownerOf(bodyFields(call), namesOf(call).owner) ?? now;
  return [...new Set([now ?? next, next])].map((ownerId) => `user ${ownerId ?? ""}`);
};

/** Routes by `METHOD path`. HEAD of an entity is its GET without a body. */
export const routes: Readonly<Record<string, Route>> = {
  "GET ": { handler: getService },
  "GET users": { handler: listUsers },
  "GET users/{}": { handler: getUser },
  "PUT users/{}": { handler: putUser, locks: user },
  "PATCH users/{}": { handler: patchUser, locks: user },
  "DELETE users/{}": { handler: deleteUser, locks: user },
  "GET users/{}/groups": { handler: listGroupsOfUser },
  "GET users/{}/subscriptions": { handler: listSubscriptionsOfUser },
  "GET users/{}/subscriptions/{}": { handler: getSubscriptionOfUser },
  "GET users/{}/identities": { handler: listIdentities },
  "POST users/{}/token": { handler: postToken },
  "POST users/{}/generatessourl": { handler: postSsoUrl },
  "POST users/{}/confirmations/password/send": { handler: postPasswordMail },
  "GET groups": { handler: listGroups },
  "GET groups/{}": { handler: getGroup },
  "PUT groups/{}": { handler: putGroup },
  "PATCH groups/{}": { handler: patchGroup },
  "DELETE groups/{}": { handler: deleteGroup },
  "GET groups/{}/users": { handler: listMembers },
  "HEAD groups/{}/users/{}": { handler: headMember },
  "PUT groups/{}/users/{}": { handler: putMember, locks: member },
  "DELETE groups/{}/users/{}": { handler: deleteMember, locks: member },
  "GET products": { handler: listProducts },
  "GET products/{}": { handler: getProduct },
  "PUT products/{}": { handler: putProduct, locks: product },
  "PATCH products/{}": { handler: patchProduct, locks: product },
  "DELETE products/{}": { handler: deleteProduct, locks: product },
  "GET products/{}/groups": { handler: listProductGroups },
  "HEAD products/{}/groups/{}": { handler: headProductGroup },
  "PUT products/{}/groups/{}": { handler: putProductGroup, locks: product },
  "DELETE products/{}/groups/{}": { handler: deleteProductGroup, locks: product },
  "GET products/{}/subscriptions": { handler: listSubscriptionsOfProduct },
  "GET subscriptions": { handler: listSubscriptions },
  "GET subscriptions/{}": { handler: getSubscription },
  "PUT subscriptions/{}": { handler: putSubscription, locks: owner },
  "PATCH subscriptions/{}": { handler: patchSubscription, locks: owner },
  "DELETE subscriptions/{}": { handler: deleteSubscription, locks: owner },
  "POST subscriptions/{}/listsecrets": { handler: listSubscriptionSecrets },
  "POST subscriptions/{}/regenerateprimarykey": { handler: regenerateSubscriptionKey("primaryKey"), locks: owner },
  "POST subscriptions/{}/regeneratesecondarykey": { handler: regenerateSubscriptionKey("secondaryKey"), locks: owner },
  "GET tenant": { handler: listTenantAccess },
  "GET tenant/{}": { handler: getTenantAccess },
  "PATCH tenant/{}": { handler: patchTenantAccess },
  "POST tenant/{}/listsecrets": { handler: listTenantSecrets },
  "POST tenant/{}/regenerateprimarykey": { handler: regenerateTenantKey("primaryKey") },
  "POST tenant/{}/regeneratesecondarykey": { handler: regenerateTenantKey("secondaryKey") },
  "GET tenant/operationresults/{}": { handler: getOperationResult },
  "GET portalsettings/{}": { handler: getDelegation },
  "PUT portalsettings/{}": { handler: putDelegation },
  "PATCH portalsettings/{}": { handler: patchDelegation },
  "POST portalsettings/{}/listsecrets": { handler: listDelegationSecrets },
};
