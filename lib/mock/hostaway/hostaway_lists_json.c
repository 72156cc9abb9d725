#include "mock/hostaway/hostaway_lists_json.h"

const char *const extra_rights[] = {"createListing", "readListing",
    "updateListing", "deleteListing", "createReservation", "readReservation",
    "updateReservation", "deleteReservation", "readCalendar", "updateCalendar",
    "readBookingEngine", "updateBookingEngine", "readRevenueManagement",
    "readChannelManager", "updateChannelManager", "createTask", "readTask",
    "updateTask", "deleteTask", "createAutomation", "readAutomation",
    "updateAutomation", "deleteAutomation", "readMessage", "updateMessage",
    "updateIntegration", "createGuestInvoicing", "readGuestInvoicing",
    "updateGuestInvoicing", "deleteGuestInvoicing",
    "receiveReservationNotificationEmail", NULL};

const char *const extra_newer_rights[] = {"hasAccessToNewListings",
    "createReview", "readReview", "updateReview", "deleteReview",
    "createOwnerStatement", "readOwnerStatement", "updateOwnerStatement",
    "deleteOwnerStatement", "createGuestbook", "readGuestbook",
    "updateGuestbook", "deleteGuestbook", NULL};

static const char finance_field[] =
    "{'id':$id,'units':1,'listingFeeSettingId':null,"
    "'type':%o{'price'|'tax'|'fee'|'discount'|'commissions'},"
    "'name':%o{'baseRate'|'cleaningFee'|'totalPriceFromChannel'|'vat'},"
    "'title':%w{3},'alias':null,'value':%m{5,900},"
    "'isIncludedInTotalPrice':%i{0,1},'isOverriddenByUser':%i{0,1},"
    "'isMandatory':null,'isQuantitySelectable':0,'isDeleted':0,"
    "'quantity':null,'total':%m{5,900}}";

static const char finance_sums[] =
    "{'reservationId':$parent,'listingMapId':$listing,"
    "'baseRate':%m{90,900},'cleaningFee':%m{50,200},"
    "'totalPrice':%m{200,2200},'totalTax':%m{0,200},"
    "'pmCommission':%n{40}%m{10,200},'ownerPayout':%m{100,1500},"
    "'currency':'USD'}";

static const char custom_formula[] =
    "{'id':$id,'accountId':$account,'name':%w{2},"
    "'formula':'baseRate + cleaningFee','insertedOn':$inserted,"
    "'updatedOn':$updated}";

static const char fee_setting[] =
    "{'id':$id,'accountId':$account,'listingMapId':$parent,"
    "'feeType':%o{'parkingFee'|'petFee'|'towelFee'|'lateCheckIn'},"
    "'feeTitle':%n{60}%w{2},"
    "'feeAppliedPer':%o{'base_rate'|'reservation'|'night'},"
    "'amount':%m{5,120},'amountType':'flat','isMandatory':null,"
    "'isQuantitySelectable':0,'insertedOn':$inserted,"
    "'updatedOn':$updated}";

static const char charge[] =
    "{'id':$id,'listingMapId':$listing,'reservationId':$booking,"
    "'autopaymentId':%n{50}%i{30000,39999},'type':%o{'charge'|'hold'},"
    "'title':'Charge','description':%n{50}%w{4},'currency':'USD',"
    "'paymentMethod':'credit_card_online','amount':%m{10,900},"
    "'capturedAmount':null,'status':%o{'awaiting'|'paid'|'failed'},"
    "'paymentProvider':null,'paymentProviderMessage':null,"
    "'paymentProviderInvoiceId':null,'paymentProviderChargeId':null,"
    "'scheduledDate':%n{50}$updated,'chargeDate':%n{50}$updated,"
    "'holdReleaseDate':null,'isManual':0,'autoChargeId':null,"
    "'triggerEvent':null,'triggerTimeDelta':0,'flatFee':null,"
    "'percentageFee':null,'transactions':[]}";

static const char auto_payment[] =
    "{'id':$id,'accountId':$account,'listingMapId':$listing,"
    "'channelId':2000,'title':%w{3},'type':'charge','isEnabled':1,"
    "'percentageFee':%i{10,100},'flatFee':null,'triggerEvent':'arrival',"
    "'triggerTimeDelta':-86400}";

static const char expense[] =
    "{'id':$id,'accountId':$account,'ownerStatementId':%n{40}$first,"
    "'listingMapId':$listing,'reservationId':%n{30}$booking,"
    "'expenseDate':$day,'concept':%w{3},'amount':%m{-600,300},"
    "'type':%o{'extra'|'expense'},'isDeleted':0,'ownerUserId':null,"
    "'insertedOn':$inserted,'updatedOn':$updated,'ownerStatementIds':[],"
    "'categories':[],'categoriesNames':[],'attachments':[],"
    "'listingName':null,'guestName':null,'ownerStatementNames':[],"
    "'ownerStatementExpenseId':$no}";

static const char owner_statement[] =
    "{'id':$id,'accountId':$account,'name':%w{3},'status':%o{'draft'|"
    "'published'},'ownerUserId':null,'fromDate':$day,'toDate':$day,"
    "'currency':'USD','grandTotal':%m{100,9000},'insertedOn':$inserted,"
    "'updatedOn':$updated}";

static const char user[] =
    "{'id':$id,'accountId':$account,'userGroupId':%n{50}$first,'userGroupName':"
    "null,'email':$email,'icalKey':null,'passwordUpdatedOn':null,'"
    "verificationCode':'','secondEmail':'','firstName':$given,'lastName':$"
    "family,'title':'','country':'','city':'','phone':'+1 555 "
    "0100','emergencyPhone':'','preferredContactMethod':'phone','"
    "noteBeforeContact':'','address':'','postalCode':'','profilePictureUrl':'',"
    "'timezone':'UTC',$rights,'isDisabledByHostaway':0,'isDisabledByAccount':0,"
    "$newer,'isAdmin':%i{0,1},'accessFinancialData':%i{0,1},'accessContactData'"
    ":%i{0,1},'accessGuestNotes':1,'accessTagManagement':0,'readAnalytics':0,'"
    "readListingsFinancials':0,'readOccupancyReport':0,'lastLoginOn':%n{50}$"
    "updated,'listingMapIds':null}";

static const char user_group[] =
    "{'id':$id,'accountId':$account,'name':%w{2},'description':%n{50}%w{6},$"
    "rights,'isAdmin':0,'accessFinancialData':%i{0,1},'accessContactData':0,$"
    "newer,'readAnalytics':0,'readListingsFinancials':0,'readOccupancyReport':"
    "0}";

static const char task[] =
    "{'id':$id,'listingMapId':$listing,'channelId':null,"
    "'reservationId':%n{40}$booking,'autoTaskId':null,"
    "'assigneeUserId':%n{50}$first,'canBePickedByGroupId':null,"
    "'supervisorUserId':null,'createdByUserId':null,"
    "'isUpdatedManually':0,'checklistTemplateId':null,"
    "'reservationUnitId':0,'title':%w{4},'description':%n{60}%t{20},"
    "'canStartFrom':$inserted,'canStartFromListingTime':$inserted,"
    "'canStartFromEvent':'arrival','canStartFromEventDelta':0,"
    "'shouldEndBy':$updated,'shouldEndByListingTime':$updated,"
    "'shouldEndByEvent':'departure','shouldEndByEventDelta':0,"
    "'status':%o{'pending'|'confirmed'|'completed'},"
    "'resolutionNote':null,'feedbackScore':null,'feedbackNote':null,"
    "'startedAt':null,'confirmedAt':null,'completedAt':null,"
    "'priority':null,'cost':%n{50}%m{10,90},'costCurrency':null,"
    "'costDescription':null,'color':null,'expense':null,'rank':0,"
    "'checklistItems':[],'customFieldValue':[],'categoriesMap':null}";

static const char coupon[] =
    "{'id':$id,'accountId':$account,'name':%c{8},'type':%o{'percentage'|"
    "'flat'},'amount':%m{5,30},'numberOfUsages':%n{50}%i{1,9},"
    "'validityStartDate':$day,'validityEndDate':null,'isActive':1,"
    "'insertedOn':$inserted,'updatedOn':$updated}";

static const char custom_field[] =
    "{'id':$id,'accountId':$account,'name':%w{2},'possibleValues':null,"
    "'type':%o{'text'|'number'|'date'},'objectType':'reservation',"
    "'isPublic':1,'sortOrder':$no,'varName':null,'insertedOn':$inserted,"
    "'updatedOn':$updated}";

static const char template[] =
    "{'id':$id,'accountId':$account,'messageTemplateGroupId':null,"
    "'listingMapId':null,'channelId':null,'name':%w{3},"
    "'description':null,'message':%t{40},'event':%o{'arrival'|"
    "'departure'},'insertedOn':$inserted,'updatedOn':$updated}";

static const char named[] = "{'id':$no,'name':%w{2}}";
static const char coded[] = "{'code':$code,'name':%w{2}}";
static const char zone[] = "{'name':$zone}";

static const char unit[] =
    "{'id':$id,'listingMapId':$parent,'name':%w{2},'unitNumber':$noText,"
    "'isActive':1}";

static const char rule[] =
    "{'id':$id,'accountId':$account,'name':%w{2},'intervals':[],"
    "'insertedOn':$inserted,'updatedOn':$updated}";

static const char interval[] =
    "{'id':$id,'seasonalRuleId':$first,'startDate':$day,'endDate':$day,"
    "'minimumStay':%i{1,5},'price':%n{50}%m{90,400}}";

static const char policy[] =
    "{'id':$id,'accountId':$account,'name':%o{'flexible'|'moderate'|"
    "'firm'|'strict'|'no_refund'},'isDefault':0,"
    "'cancellationPolicyItem':[{'id':$id,'refundAmount':100,"
    "'refundType':'percent','timeDelta':-604800}]}";

static const char channel_policy[] =
    "{'id':$noText,'name':%o{'flexible'|'moderate'|'firm'|'strict'},"
    "'code':%c{6}}";

static const char tax[] =
    "{'id':$id,'accountId':$account,'listingMapId':$parent,"
    "'taxType':%o{'cityTax'|'vat'|'roomTax'},'amountType':%o{'percent'|"
    "'flat'},'amount':%m{1,15},'isActive':1,'insertedOn':$inserted,"
    "'updatedOn':$updated}";

static const char pricing[] =
    "{'id':$id,'listingMapId':$parent,'price':%m{90,400},"
    "'currencyCode':'USD','weeklyDiscount':%o{0.9|1},"
    "'monthlyDiscount':0.75,'minNights':1,'maxNights':365}";

static const char agreement[] =
    "{'reservationId':$parent,'isSigned':%i{0,1},"
    "'url':'https://files.example.com/agreement.pdf'}";

static const char log_entry[] =
    "{'id':$id,'reservationId':$parent,'field':%o{'status'|'totalPrice'|"
    "'arrivalDate'},'oldValue':%n{50}%w{1},'newValue':%w{1},"
    "'changedBy':'system','insertedOn':$inserted}";

static const char hook[] =
    "{'id':$id,'isEnabled':1,'url':'https://hooks.example.com/in',"
    "'login':null,'password':null,'alertingEmailAddress':null}";

#define NOTHING ENVELOPE_NOTHING

const struct extra_list extra_lists[] = {
    {"/financeField/{id}", OF_BOOKING, 5, finance_field, NOTHING},
    {"/financeStandardField/reservation/{id}", ONE_OBJECT, 1, finance_sums,
	NOTHING},
    {"/financeCalculatedField/reservation/{id}", ONE_OBJECT, 1, finance_sums,
	NOTHING},
    {"/financeCustomFormula", OF_ACCOUNT, 2, custom_formula, NOTHING},
    {"/listingFeeSettings/{id}", OF_LISTING, 3, fee_setting, NOTHING},
    {"/guestPayments/charges", OF_ACCOUNT, 140, charge, ENVELOPE_COUNT},
    {"/guestPayments/charges/{id}", ONE_OF, 0, "/guestPayments/charges",
	NOTHING},
    {"/guestPayments/autoPayment", OF_ACCOUNT, 3, auto_payment, NOTHING},
    {"/expenses", OF_ACCOUNT, 120, expense, ENVELOPE_BARE},
    {"/ownerStatements", OF_ACCOUNT, 14, owner_statement, ENVELOPE_BARE},
    {"/ownerStatement/{id}", ONE_OF, 0, "/ownerStatements", NOTHING},
    {"/users", OF_ACCOUNT, 5, user, NOTHING},
    {"/user/{id}", ONE_OF, 0, "/users", NOTHING},
    {"/userGroups", OF_ACCOUNT, 3, user_group, NOTHING},
    {"/tasks", OF_ACCOUNT, 130, task, NOTHING},
    {"/tasks/{id}", ONE_OF, 0, "/tasks", NOTHING},
    {"/coupons", OF_ACCOUNT, 4, coupon, NOTHING},
    {"/reservationCoupons", OF_ACCOUNT, 4, coupon, NOTHING},
    {"/reservations/customFields", OF_ACCOUNT, 3, custom_field, NOTHING},
    {"/messageTemplates", OF_ACCOUNT, 9, template, NOTHING},
    {"/amenities", OF_ACCOUNT, 150, named, NOTHING},
    {"/bedTypes", OF_ACCOUNT, 40, named, NOTHING},
    {"/propertyTypes", OF_ACCOUNT, 30, named, NOTHING},
    {"/countries", OF_ACCOUNT, 200, coded, NOTHING},
    {"/currencies", OF_ACCOUNT, 120, coded, NOTHING},
    {"/languages", OF_ACCOUNT, 60, coded, NOTHING},
    {"/timezones", OF_ACCOUNT, 300, zone, NOTHING},
    {"/listingUnits/{id}", OF_LISTING, 2, unit, NOTHING},
    {"/seasonalRules", OF_ACCOUNT, 3, rule, NOTHING},
    {"/seasonalRules/intervals", OF_ACCOUNT, 9, interval, NOTHING},
    {"/cancellationPolicies", OF_ACCOUNT, 5, policy, NOTHING},
    {"/cancellationPolicies/airbnb", OF_ACCOUNT, 6, channel_policy, NOTHING},
    {"/cancellationPolicies/booking", OF_ACCOUNT, 4, channel_policy, NOTHING},
    {"/cancellationPolicies/marriott", OF_ACCOUNT, 3, channel_policy, NOTHING},
    {"/cancellationPolicies/vrbo", OF_ACCOUNT, 5, channel_policy, NOTHING},
    {"/accountTaxSettings", OF_ACCOUNT, 2, tax, NOTHING},
    {"/listingTaxSettings/{id}", OF_LISTING, 2, tax, NOTHING},
    {"/listing/pricingSettings/{id}", OF_LISTING, 1, pricing, NOTHING},
    {"/reservations/{id}/rentalAgreement", ONE_OBJECT, 1, agreement, NOTHING},
    {"/reservations/{id}/logs", OF_BOOKING, 4, log_entry, NOTHING},
    {"/webhooks/unifiedWebhooks", OF_ACCOUNT, 1, hook, NOTHING},
};

const size_t n_extra_lists = sizeof(extra_lists) / sizeof(extra_lists[0]);
