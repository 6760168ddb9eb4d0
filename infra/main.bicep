targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Names the deployment: the resource group is rg-<name>, and every other name is derived from it.')
param environmentName string

@minLength(1)
@description('Region of all resources; it must offer Flex Consumption.')
@metadata({ azd: { type: 'location' } })
param location string

@secure()
@minLength(40)
@description('The owner key: rk_ and 32 random bytes in base64url. Kept in the key vault.')
param ownerKey string

@secure()
@minLength(32)
@description('What stored keys are hashed with. Kept in the key vault; losing it makes every key but the owner key void.')
param pepper string

@minValue(1)
@maxValue(1000)
@description('Requests that one instance works on at once. High on purpose: writes that meet in one instance share a commit.')
param httpConcurrency int = 200

@minValue(40)
@maxValue(1000)
@description('The most instances that the plan scales out to.')
param maximumInstances int = 40

@allowed([2048, 4096])
@description('Memory of an instance in MB.')
param instanceMemory int = 2048

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS'])
@description('How the storage account keeps copies: ZRS over the zones of the region, where it has them.')
param storageSku string = 'Standard_ZRS'

var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identity 'app/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: 'id-${token}'
    location: location
    tags: tags
  }
}

module storage 'app/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    sku: storageSku
    principalId: identity.outputs.principalId
  }
}

module secrets 'app/secrets.bicep' = {
  name: 'secrets'
  scope: group
  params: {
    name: 'kv-${token}'
    location: location
    tags: tags
    principalId: identity.outputs.principalId
    ownerKey: ownerKey
    pepper: pepper
  }
}

module monitoring 'app/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    name: token
    location: location
    tags: tags
  }
}

module api 'app/api.bicep' = {
  name: 'api'
  scope: group
  params: {
    name: 'func-${token}'
    location: location
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerUrl: storage.outputs.packageContainerUrl
    ownerKeySecretUri: secrets.outputs.ownerKeyUri
    pepperSecretUri: secrets.outputs.pepperUri
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    httpConcurrency: httpConcurrency
    maximumInstances: maximumInstances
    instanceMemory: instanceMemory
  }
}

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_API_NAME string = api.outputs.name
output SERVICE_API_URL string = api.outputs.url
